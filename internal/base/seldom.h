// Says whether a remark that others can provoke is due: the first one, then one in a while, with the number of those left out. So a
// flood fills no log. Thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

namespace bao::base {

class Seldom {
 public:
  using Time = std::chrono::steady_clock::time_point;
  explicit Seldom(std::chrono::nanoseconds every = std::chrono::seconds(10)) : every_(every.count()) {}

  // Nothing: not now. Else how many were left out since the last one.
  std::optional<int64_t> due(Time now = std::chrono::steady_clock::now()) {
    const int64_t at = now.time_since_epoch().count();
    int64_t next = next_.load(std::memory_order_relaxed);
    if (at < next || !next_.compare_exchange_strong(next, at + every_)) {
      ++left_out_;
      return std::nullopt;
    }
    return left_out_.exchange(0);
  }

 private:
  const int64_t every_;
  std::atomic<int64_t> next_{0}, left_out_{0};
};

}  // namespace bao::base
