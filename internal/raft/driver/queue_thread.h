// A queue whose items are handled everything that waits at a time, in order, by one thread at a time: the queue's own, or
// one that helps. Whoever waits for an item anyway saves two changes of threads when it handles it itself. Thread-safe.
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

  // `after` is called by the queue's own thread when it has handled something: others may handle the next items meanwhile.
  QueueThread(const std::string& name, Handle handle, std::function<void()> after = nullptr)
      : handle_(std::move(handle)), after_(std::move(after)) {
    thread_ = std::thread([this] { run(); });
    pthread_setname_np(thread_.native_handle(), name.substr(0, 15).c_str());
  }
  ~QueueThread() { stop(); }
  QueueThread(const QueueThread&) = delete;
  QueueThread& operator=(const QueueThread&) = delete;

  void push(Item item) EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    items_.push_back(std::move(item));
    if (!handled_) changed_.notify_one();
  }
  // Wakes nobody: help() or kick() follows.
  void push_quietly(Item item) EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    items_.push_back(std::move(item));
  }
  void kick() EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    if (!items_.empty() && !handled_) changed_.notify_one();
  }
  // Handles what waits now on this thread, unless that is being done already; what comes meanwhile is left to the own one.
  void help() EXCLUDES(mutex_) {
    std::vector<Item> taken;
    {
      base::MutexLock lock(mutex_);
      if (handled_ || items_.empty()) return;
      taken.swap(items_);
      handled_ = true;
    }
    handle_(taken);
    base::MutexLock lock(mutex_);
    handled_ = false;
    if (!items_.empty() || stopping_) changed_.notify_one();
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
    while (take(taken)) {
      handle_(taken);
      taken.clear();
      {
        base::MutexLock lock(mutex_);
        handled_ = false;
      }
      if (after_) after_();
    }
  }
  // False: the end.
  bool take(std::vector<Item>& taken) EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    changed_.wait(mutex_, [this]() BAO_TS(no_thread_safety_analysis) { return !handled_ && (!items_.empty() || stopping_); });
    if (items_.empty()) return false;
    taken.swap(items_);
    handled_ = true;
    return true;
  }

  const Handle handle_;
  const std::function<void()> after_;
  mutable base::Mutex mutex_{base::Rank::raft_driver};
  base::Condition changed_;
  std::vector<Item> items_ GUARDED_BY(mutex_);
  bool handled_ GUARDED_BY(mutex_) = false;  // somebody is at it
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace bao::raft
