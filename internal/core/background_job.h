// One thread that runs a function now and then: first after one interval, then after each, until it is stopped.
#pragma once

#include <functional>
#include <string>
#include <thread>

#include "internal/base/clock.h"
#include "internal/base/mutex.h"

namespace bao::core {

// start() and stop() by one thread at a time, which must not be the job's own.
class BackgroundJob {
 public:
  // `name` is the thread's, at most 15 characters.
  BackgroundJob(std::string name, base::Duration interval, std::function<void()> run);
  ~BackgroundJob() { stop(); }
  // What it writes is of the reign that the caller writes for (barrier/reign.h).
  void start();
  // Returns when the thread has ended; a run under way finishes first.
  void stop();

 private:
  void loop();

  const std::string name_;
  const base::Duration interval_;
  const std::function<void()> run_;
  base::Mutex mutex_{base::Rank::background_job};
  base::Condition wake_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace bao::core
