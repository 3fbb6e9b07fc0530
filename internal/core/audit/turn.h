// Whose turn it is to use something slow. Nobody waits longer than agreed: not for a device, and not behind somebody whom a hung
// device holds. Thread-safe. A line takes microseconds: who comes meanwhile looks a few times more before it sleeps.
#pragma once

#include <atomic>
#include <thread>

#include "internal/base/mutex.h"
#include "internal/core/audit/sink.h"

namespace bao::core::audit {

class Turn {
 public:
  // False: the time came, or whoever has the turn has held it beyond his own.
  bool begin(SteadyTime until) EXCLUDES(mutex_) {
    for (int look = 0; look < kLooks; ++look) {
      if (take(until)) return true;
      std::this_thread::yield();
    }
    const base::MutexLock lock(mutex_);
    const SteadyTime now = std::chrono::steady_clock::now();
    if (const int64_t overdue_at = taken_until_.load(); overdue_at != kFree && now.time_since_epoch().count() > overdue_at) return false;
    ++waiting_;
    const bool taken = free_.wait_for(mutex_, until - now, [&] { return take(until); });
    --waiting_;
    return taken;
  }
  // What was waiting when it ended is woken: it has said so before it looked for the last time.
  void end() EXCLUDES(mutex_) {
    taken_until_.store(kFree);
    if (waiting_.load() == 0) return;
    const base::MutexLock lock(mutex_);
    free_.notify_one();
  }

 private:
  static constexpr int kLooks = 8;
  static constexpr int64_t kFree = INT64_MIN;

  bool take(SteadyTime until) {
    int64_t expected = kFree;
    return taken_until_.compare_exchange_strong(expected, until.time_since_epoch().count());
  }

  std::atomic<int64_t> taken_until_{kFree};
  std::atomic<int> waiting_{0};
  base::Mutex mutex_{base::Rank::background_job};  // of those who wait
  base::Condition free_;
};

}  // namespace bao::core::audit
