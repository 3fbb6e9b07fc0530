// Somebody who waits for an answer of the driver: filled once by one of its threads, awaited by one other thread (or the
// same one, afterwards).
#pragma once

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <ctime>
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
    if (state_.exchange(kReady, std::memory_order_acq_rel) == kAsleep)
      syscall(SYS_futex, &state_, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
  }
  // Whether it is there, after waiting for it at most that long.
  bool ready_within(std::chrono::nanoseconds at_most) {
    const auto until = std::chrono::steady_clock::now() + at_most;
    uint32_t seen = go_to_sleep();
    while (seen != kReady) {
      const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(until - std::chrono::steady_clock::now()).count();
      if (left <= 0) return false;
      const timespec time{left / 1'000'000'000, left % 1'000'000'000};
      syscall(SYS_futex, &state_, FUTEX_WAIT_PRIVATE, kAsleep, &time, nullptr, 0);
      seen = state_.load(std::memory_order_acquire);
    }
    return true;
  }
  // A futex rather than std::atomic::wait, which yields the processor before it sleeps: an fsync takes longer.
  base::Result<T> wait() {
    uint32_t seen = go_to_sleep();
    while (seen != kReady) {
      syscall(SYS_futex, &state_, FUTEX_WAIT_PRIVATE, kAsleep, nullptr, nullptr, 0);
      seen = state_.load(std::memory_order_acquire);
    }
    return std::move(result_);
  }

 private:
  // What the state is from now on.
  uint32_t go_to_sleep() {
    uint32_t seen = kOpen;
    return state_.compare_exchange_strong(seen, kAsleep, std::memory_order_acq_rel) ? kAsleep : seen;
  }

  static constexpr uint32_t kOpen = 0, kAsleep = 1, kReady = 2;
  std::atomic<bool> taken_{false};
  std::atomic<uint32_t> state_{kOpen};
  base::Result<T> result_ = base::internal("raft: a waiter was read before its answer");
};
template <typename T>
using WaiterPtr = std::shared_ptr<Waiter<T>>;

}  // namespace bao::raft
