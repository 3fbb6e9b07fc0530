// How many ticks the core is owed. A process that was paused (a stopped or migrated machine) must not make up for the gap:
// what arrived meanwhile is handled first, and the gap counts as one tick, or every pause would start an election. Pure.
#pragma once

#include <chrono>

#include "internal/raft/core/planted_bug.h"

namespace bao::raft {

class TickSchedule {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr int kStallHeartbeats = 4;

  TickSchedule(Time start, std::chrono::nanoseconds tick, int heartbeat_ticks)
      : tick_(tick), stall_ticks_(kStallHeartbeats * heartbeat_ticks), next_(start + tick) {}
  // When to ask again.
  Time next() const { return next_; }
  // The inbox was emptied before. 0: not yet.
  int due(Time now) {
    if (now < next_) return 0;
    const auto owed = 1 + static_cast<int64_t>((now - next_) / tick_);
    const bool stalled = owed > stall_ticks_;
    const bool together = stalled && !PLANTED(26);  // 26: the burst of ticks after a pause
    stalls_ += together;
    next_ = together ? now + tick_ : next_ + owed * tick_;
    return together ? 1 : static_cast<int>(owed);
  }
  int64_t stalls() const { return stalls_; }

 private:
  const std::chrono::nanoseconds tick_;
  const int64_t stall_ticks_;
  Time next_;
  int64_t stalls_ = 0;
};

}  // namespace bao::raft
