// The real log store under one node of a world: log.db on a file layer that takes faults, in memory where the machine has
// such a folder. It is written when the model of the disk is synced, loses power when that does, and is compared with it
// whenever it is opened: the model says what was promised, the file is what the node gets back.
// Owned by the world's thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "internal/raft/log/log_store.h"
#include "internal/raft/sim/log_image.h"
#include "internal/raft/sim/random.h"
#include "internal/sqlite/fault_vfs.h"

namespace bao::raft::sim {

class SqliteLog {
 public:
  // A new file, which holds this.
  explicit SqliteLog(const LogImage& first);
  ~SqliteLog();

  // One transaction, durable when it returns.
  base::Status write(const std::vector<LogWrite>& writes);
  // The same on a disk without room: it must say so and change nothing.
  base::Status write_in_vain(const std::vector<LogWrite>& writes);
  // The power, or a single write, fails at some write, cut or fsync: of these writes, if the process came to them, or of the checkpoint after
  // them. Opened again it holds `before`, or `after` them: which one. Errors: what it holds instead.
  enum class Held { before, after };
  base::Result<Held> lose_power(const std::vector<LogWrite>& writes, const LogImage& before, const LogImage& after, Random& random);
  // An orderly end and a new start; it still holds this.
  base::Status reopen(const LogImage& held);

  base::Result<Recovered> recover(size_t tail_bytes) { return log_->recover(kGroup, tail_bytes); }
  base::Result<Entries> load(Index first, Index last, size_t bytes_max) { return log_->load(kGroup, first, last, bytes_max); }
  base::Result<std::optional<LogStart>> at(Index index) { return log_->at(kGroup, index); }

 private:
  static constexpr GroupId kGroup{1};
  base::Status open();
  base::Result<bool> holds(const LogImage& image);

  const std::string folder_;
  sqlite::FaultVfs vfs_;
  std::unique_ptr<LogStore> log_;
};

}  // namespace bao::raft::sim
