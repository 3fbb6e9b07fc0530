#include "internal/core/background_job.h"

#include <pthread.h>

#include "internal/barrier/reign.h"

namespace bao::core {

BackgroundJob::BackgroundJob(std::string name, base::Duration interval, std::function<void()> run)
    : name_(std::move(name)), interval_(interval), run_(std::move(run)) {}

void BackgroundJob::start() {
  if (thread_.joinable()) return;
  {
    const base::MutexLock lock(mutex_);
    stopping_ = false;
  }
  thread_ = std::thread([this, reign = barrier::Reign::current()] {
    const barrier::Reign writing(reign);
    pthread_setname_np(pthread_self(), name_.substr(0, 15).c_str());
    loop();
  });
}

void BackgroundJob::stop() {
  if (!thread_.joinable()) return;
  {
    const base::MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void BackgroundJob::loop() {
  while (true) {
    {
      const base::MutexLock lock(mutex_);
      if (wake_.wait_for(mutex_, interval_, [this]() BAO_TS(no_thread_safety_analysis) { return stopping_; })) return;
    }
    run_();
  }
}

}  // namespace bao::core
