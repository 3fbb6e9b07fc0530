// Proposals that wait for the log: what comes while it is being written is proposed together when that is done, as one append
// for each peer and one write here. It could not be applied sooner, since the own log has to hold it, and each message that is
// saved is worth more than an entry. Owned by whoever has the core's turn.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "internal/raft/core/output.h"
#include "internal/raft/driver/waiter.h"

namespace bao::raft {

class HeldProposals {
 public:
  struct Held {
    std::string* payload;  // of the proposer, who waits
    Term reign;
    WaiterPtr<Index> waiter;
  };
  void add(Held held) { held_.push_back(std::move(held)); }
  // The log is given this to write, and has written everything up to there.
  void writes(const AppendBatch& batch) {
    if (!batch.entries.empty()) writing_ = batch.sequence;
  }
  void written(AppendSequence up_to) {
    if (up_to >= writing_) writing_ = {};
  }
  // Nothing is waited for: the disk takes too long, or nothing comes of it.
  void let_go() { writing_ = {}; }
  // Those whose time has come.
  std::vector<Held> take() { return writing_ == AppendSequence{} ? std::exchange(held_, {}) : std::vector<Held>(); }
  void end(const base::Error& why) {
    for (const Held& held : std::exchange(held_, {})) held.waiter->answer(why);
  }

 private:
  std::vector<Held> held_;
  AppendSequence writing_;  // 0: the log rests
};

}  // namespace bao::raft
