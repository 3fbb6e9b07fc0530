#include "internal/core/replacement.h"

#include <pthread.h>

#include <utility>

namespace bao::core {

Replacement::Replacement(std::function<void()> load) : load_(std::move(load)), thread_([this] { run(); }) {
  pthread_setname_np(thread_.native_handle(), "replacement");
}

void Replacement::begins() {
  const base::MutexLock lock(mutex_);
  begun_.fetch_add(1, std::memory_order_release);
}

// One that nobody was told the beginning of is one, too.
void Replacement::happened() {
  const base::MutexLock lock(mutex_);
  if (happened_ == count()) begun_.fetch_add(1, std::memory_order_release);
  happened_ = count();
  changed_.notify_all();
}

void Replacement::withdrawn() {
  const base::MutexLock lock(mutex_);
  if (loaded_.load() == happened_) loaded_.store(count(), std::memory_order_release);
  happened_ = count();
  changed_.notify_all();
}

uint64_t Replacement::await(std::chrono::milliseconds at_most) {
  if (loaded_.load(std::memory_order_acquire) == count()) return count();
  base::MutexLock lock(mutex_);
  changed_.wait_for(mutex_, at_most, [this]() BAO_TS(no_thread_safety_analysis) { return stopping_ || loaded_.load() == count(); });
  return loaded_.load();
}

void Replacement::stop() {
  {
    const base::MutexLock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void Replacement::run() {
  while (true) {
    uint64_t seen = 0;
    {
      base::MutexLock lock(mutex_);
      changed_.wait(mutex_, [this]() BAO_TS(no_thread_safety_analysis) { return stopping_ || loaded_.load() != happened_; });
      if (stopping_) return;
      seen = happened_;
    }
    load_();
    const base::MutexLock lock(mutex_);
    loaded_.store(seen, std::memory_order_release);
    changed_.notify_all();
  }
}

}  // namespace bao::core
