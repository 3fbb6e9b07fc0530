// The folder of a node's integrated storage as OpenBao has it: vault.db holds the data and how far they are, raft/raft.db the
// replicated log, whose later entries are data too (openbao-storage.md 9; snapshots in raft/snapshots are older than vault.db).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "internal/bbolt/database.h"
#include "internal/bbolt/mapped_file.h"
#include "internal/migration/log_entry.h"
#include "internal/migration/source.h"

namespace bao::migration {

class OpenbaoFolder final : public Source {
 public:
  // Errors: invalid (holds no vault.db), unavailable, corrupt.
  static base::Result<std::unique_ptr<Source>> open(const std::string& path);

  base::Status each(const Visit& visit) override;
  base::Status each_unapplied(const Apply& apply) override;
  std::string remark() const override;

 private:
  struct File {
    bbolt::MappedFile mapped;
    bbolt::Database database;
  };
  static base::Result<File> open_file(const std::string& path);
  explicit OpenbaoFolder(File state) : state_(std::move(state)) {}
  base::Status read_position();

  const File state_;
  std::optional<File> log_;  // absent where a node never took part
  uint64_t applied_ = 0, term_ = 0;
  std::vector<std::string> members_;
};

}  // namespace bao::migration
