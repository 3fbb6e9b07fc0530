// Work that outlives the request that asked for it: one thread a task, one task of a name at a time, none while sealed.
// Thread-safe. A task ends early by itself when the barrier is sealed, because its storage then fails.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "internal/base/ids.h"
#include "internal/base/mutex.h"

namespace bao::core {

class BackgroundTasks {
 public:
  ~BackgroundTasks() { stop(); }
  // From now on tasks may be started. At unseal. What they write is of the reign that the caller writes for (barrier/reign.h),
  // whoever starts them.
  void open();
  // Refuses new tasks and returns when the others have ended. By one thread at a time, never a task's own.
  void stop();
  // Whether it was started: false while one of that name runs, and when stopped. `name` is the thread's too (its first 15
  // characters). The task throws nothing.
  bool start(const std::string& name, std::function<void()> task);

 private:
  struct Task {
    std::thread thread;
    bool running = true;
  };
  void finished(const std::string& name);

  base::Mutex mutex_{base::Rank::background_job};
  bool open_ GUARDED_BY(mutex_) = false;
  base::Term reign_ GUARDED_BY(mutex_);
  std::map<std::string, Task> tasks_ GUARDED_BY(mutex_);
};

}  // namespace bao::core
