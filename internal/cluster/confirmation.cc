#include "internal/cluster/confirmation.h"

#include <algorithm>
#include <thread>

#include "internal/base/metrics.h"

namespace bao::cluster {

Pace::Time Pace::next(Time now) {
  const Time begins = std::max(now, due_);
  due_ = std::max(due_, now - saved_max_) + interval_;
  return begins;
}

Confirmation::Timing Confirmation::real_time() {
  return {[] { return std::chrono::steady_clock::now(); }, [](Pace::Time until) { std::this_thread::sleep_until(until); }};
}

// Whoever finds no round under way runs the next one, for itself and for those who came since the last one began.
base::Result<base::Index> Confirmation::get() {
  static base::Counter& asked = base::counter("confirm.asked");
  static base::Counter& rounds = base::counter("confirm.rounds");
  asked.add();
  uint64_t needed = 0;
  {
    const base::MutexLock lock(mutex_);
    needed = begun_ + 1;
    ended_.wait(mutex_, [&]() BAO_TS(no_thread_safety_analysis) { return done_ >= needed || !taken_; });
    if (done_ >= needed) return last_;
    taken_ = true;
  }
  const Pace::Time now = timing_.now();
  if (const Pace::Time begins = pace_.next(now); begins > now) timing_.sleep_until(begins);
  {
    const base::MutexLock lock(mutex_);
    ++begun_;
  }
  rounds.add();
  auto result = ask_();
  const base::MutexLock lock(mutex_);
  last_ = std::move(result);
  done_ = begun_;
  taken_ = false;
  ended_.notify_all();
  return last_;
}

}  // namespace bao::cluster
