// A model of the two files of a node: the log with its hard state, and the state machine. What was written but not synced
// is lost at a crash, but for a prefix of the writes. A write is all or nothing, as a transaction is. With the log on SQLite
// (sqlite_log.h) the real store is written beside the model, and what it holds after a crash counts.
// Owned by the world's thread; survives its node's processes.
#pragma once

#include <memory>
#include <vector>

#include "internal/base/result.h"
#include "internal/raft/sim/log_image.h"
#include "internal/raft/sim/random.h"
#include "internal/raft/sim/sqlite_log.h"
#include "internal/raft/sim/state_machine.h"

namespace bao::raft::sim {

class ModelDisk {
 public:
  const LogImage& log() const { return log_; }
  const LogImage& durable_log() const { return durable_log_; }
  // From now on the log is a real one. Once.
  void put_log_on_sqlite();
  // Null: there is the model alone.
  SqliteLog* sqlite_log() { return sqlite_log_.get(); }
  void write_log(LogWrite write);
  // Errors, here and below: the real log did something else.
  base::Status sync_log();

  const StateMachine& machine() const { return machine_; }
  Index machine_durable() const { return durable_machine_.applied().index; }
  void apply(const Entries& entries);  // not synced
  void checkpoint();                   // syncs the state machine
  void install(const StateMachine& image);  // synced
  // What it holds was installed, and nothing was applied since.
  bool machine_installed() const { return machine_.applied() == installed_; }
  // Before the first start.
  void format(const LogImage& log, const StateMachine& machine);

  // What is left after a crash.
  base::Status crash(Random& random);
  // Its process ended in order: nothing is lost.
  base::Status close();

 private:
  base::Status lose_log(Random& random);

  LogImage log_, durable_log_;
  std::vector<LogWrite> unsynced_;
  std::unique_ptr<SqliteLog> sqlite_log_;
  StateMachine machine_, durable_machine_;
  Position installed_;
  std::vector<Entries> unsynced_batches_;
};

}  // namespace bao::raft::sim
