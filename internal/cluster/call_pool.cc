#include "internal/cluster/call_pool.h"

#include <pthread.h>

#include <utility>

#include "internal/base/limits.h"

namespace bao::cluster {

void CallPool::run(Call call) {
  if (!take(call)) call.refuse();
}

bool CallPool::take(Call& call) {
  const base::MutexLock lock(mutex_);
  if (stopping_ || waiting_.size() >= base::kForwardedWaitingMax) return false;
  waiting_.push_back(std::move(call));
  if (waiting_.size() > idle_ && threads_.size() < base::kForwardThreadsMax) {
    threads_.emplace_back([this] { work(); });
    pthread_setname_np(threads_.back().native_handle(), "forwarded");
  }
  changed_.notify_one();
  return true;
}

void CallPool::work() {
  while (true) {
    Call call;
    {
      const base::MutexLock lock(mutex_);
      ++idle_;
      changed_.wait(mutex_, [this]() BAO_TS(no_thread_safety_analysis) { return stopping_ || !waiting_.empty(); });
      --idle_;
      if (stopping_) return;
      call = std::move(waiting_.front());
      waiting_.pop_front();
    }
    call.run();
  }
}

void CallPool::stop() {
  std::vector<std::thread> threads;
  std::deque<Call> waiting;
  {
    const base::MutexLock lock(mutex_);
    stopping_ = true;
    threads = std::move(threads_);
    waiting = std::exchange(waiting_, {});
    changed_.notify_all();
  }
  for (const Call& call : waiting) call.refuse();
  for (std::thread& thread : threads) thread.join();
}

}  // namespace bao::cluster
