// Whom something is told to: one function, exchanged while others call it. Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "internal/base/mutex.h"

namespace bao::base {

template <typename... Arguments>
class Listener {
 public:
  using Function = std::function<void(Arguments...)>;

  // Empty: nobody is told. Returns when the earlier one is called no more: what it uses may go. Not from within a call.
  void set(Function function) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    function_ = function ? std::make_shared<const Function>(std::move(function)) : nullptr;
    none_under_way_.wait(mutex_, [this]() BAO_TS(no_thread_safety_analysis) { return calls_ == 0; });
  }
  // By any number of threads at once; no lock is held meanwhile.
  void tell(Arguments... arguments) EXCLUDES(mutex_) {
    std::shared_ptr<const Function> function;
    {
      const MutexLock lock(mutex_);
      if (!function_) return;
      function = function_;
      ++calls_;
    }
    (*function)(arguments...);
    const MutexLock lock(mutex_);
    if (--calls_ == 0) none_under_way_.notify_all();
  }

 private:
  Mutex mutex_{Rank::log};  // nothing is taken under it
  Condition none_under_way_;
  std::shared_ptr<const Function> function_ GUARDED_BY(mutex_);
  int calls_ GUARDED_BY(mutex_) = 0;
};

}  // namespace bao::base
