// The way into the core thread: tasks from any thread, taken all at once, in order. Thread-safe; one thread takes.
#pragma once

#include <chrono>
#include <functional>
#include <vector>

#include "internal/base/mutex.h"

namespace bao::raft {

class Inbox {
 public:
  using Task = std::function<void()>;
  using SteadyTime = std::chrono::steady_clock::time_point;

  // False: closed, the task will not run.
  bool post(Task task) EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    if (closed_) return false;
    tasks_.push_back(std::move(task));
    if (tasks_.size() == 1) changed_.notify_one();
    return true;
  }
  // Everything that came, as soon as there is something, at the latest at `until`. `tasks` is given back emptied.
  void take(std::vector<Task>& tasks, SteadyTime until) EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    changed_.wait_for(mutex_, until - std::chrono::steady_clock::now(), [this] { return !tasks_.empty(); });
    tasks.swap(tasks_);
  }
  size_t size() const EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    return tasks_.size();
  }
  // `last` is the last task there is.
  void close(Task last) EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    if (closed_) return;
    closed_ = true;
    tasks_.push_back(std::move(last));
    changed_.notify_all();
  }

 private:
  mutable base::Mutex mutex_{base::Rank::raft_driver};
  base::Condition changed_;
  std::vector<Task> tasks_ GUARDED_BY(mutex_);
  bool closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace bao::raft
