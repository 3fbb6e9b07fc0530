#include "internal/raft/sim/crash_guard.h"

#include <csetjmp>
#include <csignal>

namespace bao::raft::sim {
namespace {

sigjmp_buf before_run;

void jump_back(int) { siglongjmp(before_run, 1); }

}  // namespace

RunResult run_guarded(const Plan& plan, Trace& trace) {
  const auto former = std::signal(SIGABRT, jump_back);
  // On the heap: what setjmp's frame holds is not defined after the jump.
  auto result = std::make_unique<RunResult>();
  RunResult* const kept = result.get();
  kept->violation = Violation{0, "a broken invariant inside of the core, named above"};
  if (sigsetjmp(before_run, 1) == 0) *kept = run_plan(plan, trace);
  std::signal(SIGABRT, former);
  return *kept;
}

}  // namespace bao::raft::sim
