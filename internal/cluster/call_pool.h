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
  CallPool() = default;
  ~CallPool() { stop(); }
  // False: too many wait, or it has stopped; nothing is done.
  bool run(std::function<void()> call) EXCLUDES(mutex_);
  // Those under way end first; those that wait are dropped unrun.
  void stop() EXCLUDES(mutex_);

 private:
  void work() EXCLUDES(mutex_);

  base::Mutex mutex_{base::Rank::cluster};
  base::Condition changed_;
  std::deque<std::function<void()>> waiting_ GUARDED_BY(mutex_);
  std::vector<std::thread> threads_ GUARDED_BY(mutex_);
  size_t idle_ GUARDED_BY(mutex_) = 0;
  bool stopping_ GUARDED_BY(mutex_) = false;
};

}  // namespace bao::cluster
