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
  // tells it, too, or until due().
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
    return true;
  }
  void applied(Index index, SteadyTime now) {
    if (newest_.value != 0 && index >= newest_ && !applied_at_) applied_at_ = now;
  }
  // When take() is to be called; nothing: not yet, or not at all.
  std::optional<SteadyTime> due() const {
    return held_.empty() || !applied_at_ ? std::nullopt : std::optional(*applied_at_ + kHeldFor);
  }
  // What was held for long enough.
  std::vector<Envelope> take(SteadyTime now) {
    std::vector<Envelope> taken;
    if (!due() || now < *due()) return taken;
    appends_follow_ = false;
    for (auto& [to, envelope] : std::exchange(held_, {})) taken.push_back(std::move(envelope));
    return taken;
  }

 private:
  std::map<NodeId, Envelope> held_;
  Index newest_;                          // told by news, and by no append since
  std::optional<SteadyTime> applied_at_;  // when that was applied here
  bool appends_follow_ = false;
};

}  // namespace bao::raft
