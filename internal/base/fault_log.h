// The line of the log for a request that a node could not answer as it should (a 5xx): told once, where it went wrong, in words that no
// client sent. Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "internal/base/result.h"

namespace bao::base {

// Nothing that a client sent; "" where it isn't known.
struct FailedRequest {
  std::string_view id;
  std::string_view operation;  // "read", "list", "update", …
  std::string_view mount;      // its accessor
  std::string_view route;      // the pattern of its path
};

// "a request failed" with these, the code, the words that may be logged (reason) and the place where the error was made (origin). What is
// damaged is an error, all else a warning. A flood of one code leaves lines out and says how many.
void log_fault(const FailedRequest& request, Code code, const Words& words);

// How many lines of one kind a second may have. Thread-safe.
class LinesASecond {
 public:
  using Time = std::chrono::steady_clock::time_point;
  explicit LinesASecond(int64_t most) : most_(most) {}
  // Nothing: there were enough in this second. Else how many were left out since the last one.
  std::optional<int64_t> take(Time now);

 private:
  const int64_t most_;
  std::atomic<int64_t> second_{-1}, lines_{0}, left_out_{0};
};

}  // namespace bao::base
