// A model of the two files of a node: the log with its hard state, and the state machine. What was written but not synced
// is lost at a crash, but for a prefix of the writes. A write is all or nothing, as a transaction is.
// Owned by the world's thread; survives its node's processes.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "internal/raft/core/options.h"
#include "internal/raft/core/types.h"
#include "internal/raft/sim/random.h"
#include "internal/raft/sim/state_machine.h"

namespace bao::raft::sim {

// A log as somebody sees it: the process, the disk with its cache, or the disk after a crash.
struct LogImage {
  HardState hard;
  LogStart start;
  std::shared_ptr<const Configuration> configuration = std::make_shared<Configuration>();  // in force at the start
  Index configuration_index;
  std::deque<EntryPtr> entries;  // from start.position.index + 1

  Index last() const { return {start.position.index.value + entries.size()}; }
  Term last_term() const { return entries.empty() ? start.position.term : entries.back()->term; }
  // Null: not in the log (before its start, or after its end).
  const Entry* find(Index index) const;
  // The same; the index is in the log.
  const EntryPtr& entry(Index index) const { return entries[index.value - start.position.index.value - 1]; }
  // The chain at an index from the start to the end; null elsewhere.
  const Chain* chain_at(Index index) const;
  void truncate_from(Index first);
  void append(const Entries& more);
  void compact_to(Index up_to);
};

struct LogWrite {
  std::optional<Index> truncate_from;
  Entries entries;
  std::optional<HardState> hard;
  std::optional<Index> compact_to;
  std::optional<LogImage> reset;  // replaces everything
};

class ModelDisk {
 public:
  const LogImage& log() const { return log_; }
  const LogImage& durable_log() const { return durable_log_; }
  void write_log(LogWrite write);
  void sync_log();

  const StateMachine& machine() const { return machine_; }
  Index machine_durable() const { return durable_machine_.applied().index; }
  void apply(const Entries& entries);  // not synced
  void checkpoint();                   // syncs the state machine
  void install(const StateMachine& image);  // synced
  // Before the first start.
  void format(const LogImage& log, const StateMachine& machine);

  // What is left after a crash.
  void crash(Random& random);

 private:
  static void perform(LogImage& image, const LogWrite& write);

  LogImage log_, durable_log_;
  std::deque<LogWrite> unsynced_;
  StateMachine machine_, durable_machine_;
  std::vector<Entries> unsynced_batches_;
};

}  // namespace bao::raft::sim
