// Calls, or answers to them, that wait for the one write a stream may have under way. Thread-compatible: of who holds the
// stream's lock.
#pragma once

#include <deque>
#include <utility>
#include <vector>

#include "internal/base/limits.h"
#include "internal/raft/transport/lane.h"
#include "internal/raft/transport/wire.h"

namespace bao::raft {

inline constexpr char kCallsMethod[] = "/bao.raft.v1.Raft/Calls";
// Of one message: small ones together, or a large one.
inline constexpr size_t kCallFrameBytesMax = base::kCallBytesMax + kCallHeadBytesMax;
static_assert(kWriteBytesMax <= kCallFrameBytesMax);

class CallQueue {
 public:
  bool empty() const { return calls_.empty(); }
  bool full() const { return bytes_ >= base::kCallQueueBytesMax; }
  bool fits(size_t payload_bytes) const {
    return payload_bytes <= base::kCallBytesMax && bytes_ + payload_bytes <= base::kCallQueueBytesMax;
  }
  void push(Call call) {
    bytes_ += call.payload.size();
    calls_.push_back(std::move(call));
  }
  // What goes into the next message.
  std::vector<Call> take() {
    std::vector<Call> taken;
    size_t bytes = 0;
    while (!calls_.empty()) {
      bytes += calls_.front().payload.size() + kCallHeadBytesMax;
      if (!taken.empty() && bytes > kWriteBytesMax) break;
      taken.push_back(pop());
    }
    return taken;
  }
  template <typename Predicate>
  void drop_if(Predicate gone) {
    for (size_t left = calls_.size(); left > 0; --left) {
      Call call = pop();
      if (!gone(call)) push(std::move(call));
    }
  }

 private:
  Call pop() {
    Call call = std::move(calls_.front());
    calls_.pop_front();
    bytes_ -= call.payload.size();
    return call;
  }

  std::deque<Call> calls_;
  size_t bytes_ = 0;
};

}  // namespace bao::raft
