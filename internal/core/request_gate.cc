#include "internal/core/request_gate.h"

#include <chrono>
#include <thread>

#include "internal/base/published.h"

namespace bao::core {

// Counted before the door is looked at (both sequentially consistent): who finds it open is seen by drain().
RequestGate::Pass::Pass(RequestGate& gate) : count_(gate.stripes_[base::thread_number() % kStripes].count) {
  count_.fetch_add(1);
  entered_ = !gate.closed_.load();
}

RequestGate::Pass::~Pass() { count_.fetch_sub(1); }

int64_t RequestGate::under_way() const {
  int64_t sum = 0;
  for (const Stripe& stripe : stripes_) sum += stripe.count.load();
  return sum;
}

// Polls: leaving must stay one subtraction, and draining happens once in a process's life.
bool RequestGate::drain(base::Duration at_most) {
  closed_.store(true);
  const auto deadline = std::chrono::steady_clock::now() + at_most;
  while (under_way() != 0) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

}  // namespace bao::core
