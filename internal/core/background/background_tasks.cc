#include "internal/core/background/background_tasks.h"

#include <pthread.h>

#include <utility>

#include "internal/barrier/reign.h"

namespace bao::core {

void BackgroundTasks::open() {
  const base::MutexLock lock(mutex_);
  open_ = true;
  reign_ = barrier::Reign::current();
}

void BackgroundTasks::stop() {
  std::map<std::string, Task> tasks;
  {
    const base::MutexLock lock(mutex_);
    open_ = false;
    tasks.swap(tasks_);
  }
  for (auto& [name, task] : tasks) task.thread.join();
}

bool BackgroundTasks::start(const std::string& name, std::function<void()> task) {
  std::thread ended;  // the one of that name before
  {
    const base::MutexLock lock(mutex_);
    if (!open_) return false;
    const auto known = tasks_.find(name);
    if (known != tasks_.end() && known->second.running) return false;
    if (known != tasks_.end()) ended = std::move(known->second.thread);
    Task& fresh = tasks_[name];
    fresh.running = true;
    fresh.thread = std::thread([this, name, reign = reign_, task = std::move(task)] {
      const barrier::Reign writing(reign);
      pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
      task();
      finished(name);
    });
  }
  if (ended.joinable()) ended.join();
  return true;
}

// Its thread is joined by the next of that name, or by stop().
void BackgroundTasks::finished(const std::string& name) {
  const base::MutexLock lock(mutex_);
  if (const auto task = tasks_.find(name); task != tasks_.end()) task->second.running = false;
}

}  // namespace bao::core
