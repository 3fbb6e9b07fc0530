// One question to the leader for everybody who asks meanwhile: a round answers those only who came before it began
// (ARCHITECTURE D9). Thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include "internal/base/ids.h"
#include "internal/base/mutex.h"
#include "internal/base/result.h"

namespace bao::cluster {

// How many rounds may begin: one an interval, and as many at once as were left out lately. Owned by one thread at a time.
class Pace {
 public:
  using Time = std::chrono::steady_clock::time_point;
  Pace(std::chrono::microseconds interval, int at_once) : interval_(interval), saved_max_(interval * (at_once - 1)) {}
  // When the next round may begin, which is taken for begun then.
  Time next(Time now);

 private:
  const std::chrono::microseconds interval_, saved_max_;
  Time due_{};  // of the next one, if none is left out
};

class Confirmation {
 public:
  // Of the clock that rounds are paced by.
  struct Timing {
    std::function<Pace::Time()> now;
    std::function<void(Pace::Time)> sleep_until;
  };
  explicit Confirmation(std::function<base::Result<base::Index>()> ask) : ask_(std::move(ask)) {}
  Confirmation(std::function<base::Result<base::Index>()> ask, Pace pace, Timing timing = real_time())
      : ask_(std::move(ask)), pace_(pace), timing_(std::move(timing)) {}
  // Blocks until a round that began after the call has ended: what it ended with.
  base::Result<base::Index> get() EXCLUDES(mutex_);

 private:
  static Timing real_time();

  const std::function<base::Result<base::Index>()> ask_;
  Pace pace_{std::chrono::microseconds(0), 1};  // of whoever runs the next round
  const Timing timing_ = real_time();
  base::Mutex mutex_{base::Rank::cluster};
  base::Condition ended_;
  bool taken_ GUARDED_BY(mutex_) = false;  // somebody runs the next round
  uint64_t begun_ GUARDED_BY(mutex_) = 0, done_ GUARDED_BY(mutex_) = 0;
  base::Result<base::Index> last_ GUARDED_BY(mutex_) = base::internal("no round has ended");
};

}  // namespace bao::cluster
