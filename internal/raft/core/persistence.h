// What is handed to the log writer, what of it is durable, and which messages wait for that. Batches are numbered, several
// may be under way, and they complete in order. Owned by the core.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "internal/raft/core/log_view.h"
#include "internal/raft/core/output.h"

namespace bao::raft {

class Persistence {
 public:
  Persistence(const HardState& hard, Index last) : durable_hard_(hard), handed_(last), durable_(last) {}

  // The log changed in memory; what the disk has to do about it follows with the next batch. Appending needs no call.
  void truncated(Index first);
  void reset(const SnapshotMeta& meta);
  void hard_changed() { hard_changed_ = true; }
  // Lost while no batch may follow: as if the network had lost it.
  void send_after(Envelope envelope) {
    if (!blocked_) send_after_.push_back(std::move(envelope));
  }

  // The next batch, when there is something to do. `entries_allowed`: false while there is no room for them.
  std::optional<AppendBatch> take(const LogView& log, HardState hard, bool entries_allowed);
  void done(AppendSequence sequence);
  // The batch and all after it count for nothing; silent until resume().
  void failed(AppendSequence sequence);
  void resume() { blocked_ = false; }

  // The end of what would be found after a crash now, as far as it agrees with the log in memory.
  Index durable() const { return durable_; }
  Index handed() const { return handed_; }
  const HardState& durable_hard() const { return durable_hard_; }
  // Something of the log is on its way to the disk, or waits to be.
  bool log_busy(Index last) const;

 private:
  struct Flight {
    AppendSequence sequence;
    Index end;        // what is durable when it is done: lowered when that was truncated meanwhile
    bool writes_log;
    std::optional<SnapshotMeta> reset;
    std::optional<HardState> hard;
  };

  HardState durable_hard_;
  Index handed_;      // entries up to here were in a batch
  Index durable_;
  std::deque<Flight> flights_;
  AppendSequence last_sequence_;
  bool blocked_ = false;
  // Of the next batch:
  std::optional<SnapshotMeta> reset_;
  std::optional<Index> truncate_from_;
  bool hard_changed_ = false;
  std::vector<Envelope> send_after_;
};

}  // namespace bao::raft
