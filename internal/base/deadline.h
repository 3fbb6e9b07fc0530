// By when the request that runs on this thread must be answered. What may take long on its behalf (listing, scanning) asks
// now and then and gives up; background threads have no deadline. Every function is for the calling thread alone.
#pragma once

#include <chrono>

#include "internal/base/result.h"

namespace bao::base {

class RequestDeadline {
 public:
  using Clock = std::chrono::steady_clock;
  // In force until the end of the scope, then the one before it again.
  explicit RequestDeadline(Clock::time_point at);
  ~RequestDeadline();
  RequestDeadline(const RequestDeadline&) = delete;
  RequestDeadline& operator=(const RequestDeadline&) = delete;
  // For a scope whose work must be finished once it was begun.
  static constexpr Clock::time_point never() { return Clock::time_point::max(); }

 private:
  const Clock::time_point before_;
};

// Error: unavailable, when the deadline in force has passed.
Status check_request_deadline();

}  // namespace bao::base
