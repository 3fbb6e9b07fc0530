// Somebody who waits for an answer of the driver: filled once by one of its threads, awaited by one other thread.
#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "internal/base/result.h"

namespace bao::raft {

template <typename T>
class Waiter {
 public:
  // The first answer counts.
  void answer(base::Result<T> result) {
    if (taken_.exchange(true)) return;
    result_ = std::move(result);
    ready_.store(true, std::memory_order_release);
    ready_.notify_one();
  }
  base::Result<T> wait() {
    ready_.wait(false, std::memory_order_acquire);
    return std::move(result_);
  }

 private:
  std::atomic<bool> taken_{false}, ready_{false};
  base::Result<T> result_ = base::internal("raft: a waiter was read before its answer");
};
template <typename T>
using WaiterPtr = std::shared_ptr<Waiter<T>>;

}  // namespace bao::raft
