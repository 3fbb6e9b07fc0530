// The way into the core: tasks from any thread, run in order by whoever has the turn: the core thread, or a thread that
// helps because it waits for the outcome anyway. A turn touches no disk and no socket, so nobody waits for it for long.
// Thread-safe.
#pragma once

#include <algorithm>
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
  bool post(Task task) EXCLUDES(mutex_) { return add(std::move(task), true); }
  // Wakes nobody: the caller asks for the turn next.
  bool post_quietly(Task task) EXCLUDES(mutex_) { return add(std::move(task), false); }
  // `last` is the last task there is.
  void close(Task last) EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    if (closed_) return;
    closed_ = true;
    tasks_.push_back(std::move(last));
    changed_.notify_one();
  }

  // The core thread's: the turn as soon as there is something, at the latest at `until`, or when look_at asked for (or when
  // it is free after that). `tasks` comes empty.
  void await_turn(std::vector<Task>& tasks, SteadyTime until) EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    until_ = std::min(until_, until);
    const auto something = [this]() BAO_TS(no_thread_safety_analysis) { return !taken_ && !tasks_.empty(); };
    for (SteadyTime now = std::chrono::steady_clock::now(); !something() && now < until_; now = std::chrono::steady_clock::now()) {
      const SteadyTime seen = until_;
      (void)changed_.wait_for(mutex_, seen - now, [&]() BAO_TS(no_thread_safety_analysis) { return something() || until_ != seen; });
    }
    until_ = SteadyTime::max();
    if (!something()) {
      awaited_ = true;
      changed_.wait(mutex_, [this]() BAO_TS(no_thread_safety_analysis) { return !taken_; });
      awaited_ = false;
    }
    taken_ = true;
    tasks.swap(tasks_);
  }
  // Of whoever has the turn: the core thread is to have one at `when`, even if nothing comes.
  void look_at(SteadyTime when) EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    if (when >= until_) return;
    until_ = when;
    changed_.notify_one();
  }
  // A helper's: false when somebody else has it, who then runs what waits, or when nothing waits.
  bool try_turn(std::vector<Task>& tasks) EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    if (taken_ || tasks_.empty()) return false;
    taken_ = true;
    tasks.swap(tasks_);
    return true;
  }
  // What came meanwhile; the turn ends when that is nothing (false).
  bool go_on(std::vector<Task>& tasks) EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    if (tasks_.empty()) {
      end();
      return false;
    }
    tasks.swap(tasks_);
    return true;
  }
  void end_turn() EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    end();
  }

 private:
  bool add(Task task, bool wake) EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    if (closed_) return false;
    tasks_.push_back(std::move(task));
    if (wake && !taken_) changed_.notify_one();
    return true;
  }
  void end() REQUIRES(mutex_) {
    taken_ = false;
    if (!tasks_.empty() || closed_ || awaited_) changed_.notify_one();
  }

  base::Mutex mutex_{base::Rank::raft_driver};
  base::Condition changed_;
  std::vector<Task> tasks_ GUARDED_BY(mutex_);
  bool taken_ GUARDED_BY(mutex_) = false;
  bool awaited_ GUARDED_BY(mutex_) = false;  // a tick is due
  bool closed_ GUARDED_BY(mutex_) = false;
  SteadyTime until_ GUARDED_BY(mutex_) = SteadyTime::max();  // when the core thread wants the turn at the latest
};

}  // namespace bao::raft
