// Whose turn it is to use something slow. Nobody waits longer than agreed: not for a device, and not behind somebody whom a hung
// device holds. Thread-safe.
#pragma once

#include "internal/base/mutex.h"
#include "internal/core/audit/sink.h"

namespace bao::core::audit {

class Turn {
 public:
  // False: the time came, or whoever has the turn has held it beyond his own.
  bool begin(SteadyTime until) EXCLUDES(mutex_) {
    const base::MutexLock lock(mutex_);
    const SteadyTime now = std::chrono::steady_clock::now();
    if (taken_ && now > overdue_at_) return false;
    if (!free_.wait_for(mutex_, until - now, [this]() REQUIRES(mutex_) { return !taken_; })) return false;
    taken_ = true;
    overdue_at_ = until;
    return true;
  }
  void end() EXCLUDES(mutex_) {
    {
      const base::MutexLock lock(mutex_);
      taken_ = false;
    }
    free_.notify_one();
  }

 private:
  base::Mutex mutex_{base::Rank::background_job};
  base::Condition free_;
  bool taken_ GUARDED_BY(mutex_) = false;
  SteadyTime overdue_at_ GUARDED_BY(mutex_){};
};

}  // namespace bao::core::audit
