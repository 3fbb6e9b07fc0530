#include "internal/base/deadline.h"

namespace bao::base {
namespace {

thread_local RequestDeadline::Clock::time_point in_force = RequestDeadline::never();

}  // namespace

RequestDeadline::RequestDeadline(Clock::time_point at) : before_(in_force) { in_force = at; }
RequestDeadline::~RequestDeadline() { in_force = before_; }

Status check_request_deadline() {
  if (in_force == RequestDeadline::never() || RequestDeadline::Clock::now() <= in_force) return {};
  return Error(Code::unavailable, "the request ran into its time limit");
}

}  // namespace bao::base
