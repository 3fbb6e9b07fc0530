// SQLite hands each frame of a commit to the file in two writes, header and page. Here the frames of a commit are one write.
#pragma once

#include <memory>

struct sqlite3;

namespace bao::sqlite {

// For a writing connection in WAL mode; ends after the connection.
class GatheredWal {
 public:
  // Nothing when the connection has no WAL.
  static std::unique_ptr<GatheredWal> gather(sqlite3* db);
  ~GatheredWal();
  GatheredWal(const GatheredWal&) = delete;
  GatheredWal& operator=(const GatheredWal&) = delete;

 private:
  struct File;
  explicit GatheredWal(std::unique_ptr<File> file);
  std::unique_ptr<File> file_;
};

}  // namespace bao::sqlite
