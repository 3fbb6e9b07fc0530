// Threads that answer what other members ask (ARCHITECTURE D11, D14): bounded, made as they are needed, with a bounded queue.
// Thread-safe.
#pragma once

#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "internal/base/mutex.h"

namespace bao::cluster {

class CallPool {
 public:
  // One of the two is called, once.
  struct Call {
    std::function<void()> run;
    std::function<void()> refuse;  // it was not run, and never will be: whoever asked may ask elsewhere
  };
  CallPool() = default;
  ~CallPool() { stop(); }
  // Refused here when too many wait, or the pool has stopped.
  void run(Call call) EXCLUDES(mutex_);
  // Those under way end first; those that wait are refused.
  void stop() EXCLUDES(mutex_);

 private:
  bool take(Call& call) EXCLUDES(mutex_);
  void work() EXCLUDES(mutex_);

  base::Mutex mutex_{base::Rank::cluster};
  base::Condition changed_;
  std::deque<Call> waiting_ GUARDED_BY(mutex_);
  std::vector<std::thread> threads_ GUARDED_BY(mutex_);
  size_t idle_ GUARDED_BY(mutex_) = 0;
  bool stopping_ GUARDED_BY(mutex_) = false;
};

}  // namespace bao::cluster
