#include "internal/sqlite/new_database.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace bao::sqlite {

base::Status make_database(const std::string& file, const OpenOptions& options, const std::string& doing,
                           const std::function<base::Status(Db& db)>& make_schema) {
  const std::string unfinished = file + ".new", wal = unfinished + "-wal";
  std::error_code error;
  std::filesystem::remove(unfinished, error);
  std::filesystem::remove(wal, error);
  const int descriptor = ::open(unfinished.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0) return base::Error(base::Code::unavailable, unfinished + ": " + doing + ": " + std::strerror(errno));
  ::close(descriptor);
  {
    ASSIGN_OR_RETURN(auto db, Db::open(unfinished, options));
    TRY(make_schema(*db));
    ASSIGN_OR_RETURN([[maybe_unused]] const Db::WalPages pages, db->checkpoint(Db::Checkpoint::truncate));
  }
  std::filesystem::remove(wal, error);
  std::filesystem::rename(unfinished, file, error);
  if (error) return base::Error(base::Code::unavailable, file + ": " + doing + ": " + error.message());
  return {};
}

}  // namespace bao::sqlite
