// A named thread that handles what is put into its queue, everything that waits at a time and in order. Thread-safe.
#pragma once

#include <pthread.h>

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "internal/base/mutex.h"

namespace bao::raft {

template <typename Item>
class QueueThread {
 public:
  using Handle = std::function<void(std::vector<Item>& items)>;

  QueueThread(const std::string& name, Handle handle) : handle_(std::move(handle)) {
    thread_ = std::thread([this] { run(); });
    pthread_setname_np(thread_.native_handle(), name.substr(0, 15).c_str());
  }
  ~QueueThread() { stop(); }
  QueueThread(const QueueThread&) = delete;
  QueueThread& operator=(const QueueThread&) = delete;

  void push(Item item) EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    items_.push_back(std::move(item));
    if (items_.size() == 1) changed_.notify_one();
  }
  // Handles what is queued, then ends. Idempotent; not from the thread itself.
  void stop() EXCLUDES(mutex_) {
    {
      base::MutexLock lock(mutex_);
      stopping_ = true;
      changed_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
  }

 private:
  void run() {
    std::vector<Item> taken;
    while (true) {
      {
        base::MutexLock lock(mutex_);
        changed_.wait(mutex_, [this] { return !items_.empty() || stopping_; });
        if (items_.empty()) return;
        taken.swap(items_);
      }
      handle_(taken);
      taken.clear();
    }
  }

  const Handle handle_;
  base::Mutex mutex_{base::Rank::raft_driver};
  base::Condition changed_;
  std::vector<Item> items_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace bao::raft
