// Who leads, as Raft said last, whether this node is active, and those who wait for either to change. Thread-safe; nothing is taken
// under its lock.
#pragma once

#include <chrono>
#include <cstdint>

#include "internal/base/mutex.h"
#include "internal/raft/core/output.h"

namespace bao::cluster {

class Leadership {
 public:
  using Clock = std::chrono::steady_clock;
  struct Leader {
    raft::NodeId id;  // kNobody: unknown
    raft::Term term;
    bool here;      // it is this node
    uint64_t seen;  // of the news then: for await_news
  };

  // In the core's turn: only notes, counts and wakes.
  void heard(const raft::RoleChange& change) EXCLUDES(mutex_);
  Leader leader() const EXCLUDES(mutex_);
  // Somebody else leads in a later term, and has for that long.
  bool succeeded(const Leader& leader, Clock::duration since) const EXCLUDES(mutex_);

  // Something else is new that those who wait want to look at.
  void wake() EXCLUDES(mutex_);
  // Until there are news after those. False: this node stops.
  bool await_news(uint64_t seen, Clock::duration at_most) EXCLUDES(mutex_);
  // Until this node doesn't lead.
  void await_follower(Clock::duration at_most) EXCLUDES(mutex_);

  void declare_active(bool active) EXCLUDES(mutex_);
  // Until this node is active; false: it isn't, by then or because it doesn't lead.
  bool await_active(Clock::duration at_most) EXCLUDES(mutex_);

  // Nobody waits any more.
  void stop() EXCLUDES(mutex_);

 private:
  mutable base::Mutex mutex_{base::Rank::cluster};
  base::Condition changed_;
  raft::RoleChange role_ GUARDED_BY(mutex_){};
  Clock::time_point since_ GUARDED_BY(mutex_);  // the leader of that term became known
  raft::NodeId last_leader_ GUARDED_BY(mutex_) = raft::kNobody;
  uint64_t news_ GUARDED_BY(mutex_) = 0;
  bool active_ GUARDED_BY(mutex_) = false, stopping_ GUARDED_BY(mutex_) = false;
};

}  // namespace bao::cluster
