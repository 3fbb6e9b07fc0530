// Counts the requests under way and closes the door behind the last one. Thread-safe: entering and leaving touch one
// counter of the calling thread's stripe; only drain() looks at all.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "internal/base/clock.h"

namespace bao::core {

class RequestGate {
 public:
  // One request; `entered` says whether it may go on.
  class Pass {
   public:
    explicit Pass(RequestGate& gate);
    ~Pass();
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;
    bool entered() const { return entered_; }

   private:
    std::atomic<int64_t>& count_;
    bool entered_;
  };

  // Nobody enters any more; waits until all have left, at most that long. True: all have.
  bool drain(base::Duration at_most);

 private:
  static constexpr size_t kStripes = 32;
  struct alignas(64) Stripe {
    std::atomic<int64_t> count{0};
  };
  int64_t under_way() const;

  std::array<Stripe, kStripes> stripes_;
  std::atomic<bool> closed_{false};
};

}  // namespace bao::core
