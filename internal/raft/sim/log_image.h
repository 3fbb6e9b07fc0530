// A log as a value, and what a write does to it. The state of a node's log file in the model of its disk, and what the
// checks believe a core to hold.
#pragma once

#include <deque>
#include <memory>
#include <optional>

#include "internal/raft/core/options.h"
#include "internal/raft/core/output.h"
#include "internal/raft/core/types.h"

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
  // The same with its term; nothing elsewhere.
  std::optional<LogStart> at(Index index) const;
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

void perform(LogImage& image, const LogWrite& write);
// What a batch of the core asks for, and whether that is anything but to send messages.
LogWrite write_of(const AppendBatch& batch);
bool writes(const AppendBatch& batch);
// In force at the end of the log, and where it stands.
std::pair<Index, std::shared_ptr<const Configuration>> newest_configuration(const LogImage& log);

}  // namespace bao::raft::sim
