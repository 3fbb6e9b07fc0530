// Wall-clock time behind an interface, so that tests move it. Implementations are thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace bao::base {

using Time = std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds>;
using Duration = std::chrono::nanoseconds;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;
};

// The machine's clock; one instance, lives for ever.
const Clock& system_clock();

class FakeClock final : public Clock {
 public:
  explicit FakeClock(Time start) : nanoseconds_(start.time_since_epoch().count()) {}
  Time now() const override { return Time(Duration(nanoseconds_.load())); }
  void advance(Duration by) { nanoseconds_ += by.count(); }

 private:
  std::atomic<int64_t> nanoseconds_;
};

inline int64_t unix_seconds(Time t) {
  return std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count();
}

}  // namespace bao::base
