#include "internal/cluster/confirmation.h"

#include "internal/base/metrics.h"

namespace bao::cluster {

// Whoever finds no round under way runs the next one, for itself and for those who came since the last one began.
base::Result<base::Index> Confirmation::get() {
  static base::Counter& asked = base::counter("confirm.asked");
  static base::Counter& rounds = base::counter("confirm.rounds");
  asked.add();
  uint64_t needed = 0;
  {
    const base::MutexLock lock(mutex_);
    needed = begun_ + 1;
  }
  while (true) {
    {
      const base::MutexLock lock(mutex_);
      ended_.wait(mutex_, [&]() BAO_TS(no_thread_safety_analysis) { return done_ >= needed || begun_ == done_; });
      if (done_ >= needed) return last_;
      ++begun_;
    }
    rounds.add();
    auto result = ask_();
    const base::MutexLock lock(mutex_);
    last_ = std::move(result);
    done_ = begun_;
    ended_.notify_all();
  }
}

}  // namespace bao::cluster
