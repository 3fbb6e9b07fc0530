#include "internal/raft/sim/crash_guard.h"

#include <csetjmp>
#include <csignal>

namespace bao::raft::sim {
namespace {

sigjmp_buf before_run;

void jump_back(int) { siglongjmp(before_run, 1); }

}  // namespace

bool comes_to_its_end(const std::function<void()>& what) {
  const auto former = std::signal(SIGABRT, jump_back);
  const bool whole = sigsetjmp(before_run, 1) == 0;
  if (whole) what();
  std::signal(SIGABRT, former);
  return whole;
}

RunResult run_guarded(const Plan& plan, Trace& trace) {
  RunResult result;
  if (comes_to_its_end([&] { result = run_plan(plan, trace); })) return result;
  result.violation = Violation{0, "a broken invariant inside of the core, named above"};
  return result;
}

}  // namespace bao::raft::sim
