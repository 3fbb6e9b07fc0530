// When heartbeats leave that only tell what is committed. Where one proposer follows the other, the next append tells it
// as well, a moment later, and saves every member a message: so they are held for that moment while appends follow, and leave
// at once while none do (who waits at another member for what was just committed shall not wait longer). Like a network that
// is slow. Owned by whoever has the core's turn.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "internal/raft/core/message.h"

namespace bao::raft {

class CommitNews {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;
  // From the moment at which it is applied here, so that its proposer may go on.
  static constexpr std::chrono::microseconds kHeldFor{400};

  // Everything that is about to leave is shown here. True: it is news, and stays here until an append or another heartbeat
  // tells it, too, or until take().
  bool hold(const Envelope& envelope, SteadyTime now) {
    const auto* heartbeat = std::get_if<Heartbeat>(&envelope.message);
    if (!heartbeat && !std::holds_alternative<Append>(envelope.message)) return false;
    if (!heartbeat || !heartbeat->news) {
      if (!heartbeat && newest_.value != 0) appends_follow_ = !applied_at_ || now - *applied_at_ < kHeldFor;
      newest_ = {};
      held_.erase(envelope.to);
      return false;
    }
    if (heartbeat->commit > newest_) {
      newest_ = heartbeat->commit;
      applied_at_.reset();
    }
    if (!appends_follow_) return false;
    held_.insert_or_assign(envelope.to, envelope);
    held_lately_ = true;
    return true;
  }
  void applied(Index index, SteadyTime now) {
    if (newest_.value != 0 && index >= newest_ && !applied_at_) applied_at_ = now;
  }
  // take() is to be called every kLookEvery, as long as anything was held since it was called last.
  bool held_lately() const { return held_lately_; }
  static constexpr std::chrono::milliseconds kLookEvery{1};
  // What was held for long enough.
  std::vector<Envelope> take(SteadyTime now) {
    std::vector<Envelope> taken;
    held_lately_ = !held_.empty();
    if (held_.empty() || !applied_at_ || now - *applied_at_ < kHeldFor) return taken;
    held_lately_ = false;
    appends_follow_ = false;
    for (auto& [to, envelope] : std::exchange(held_, {})) taken.push_back(std::move(envelope));
    return taken;
  }

 private:
  std::map<NodeId, Envelope> held_;
  Index newest_;                          // told by news, and by no append since
  std::optional<SteadyTime> applied_at_;  // when that was applied here
  bool appends_follow_ = false, held_lately_ = false;
};

}  // namespace bao::raft
