#include "internal/raft/sim/minimise.h"

#include "internal/raft/sim/crash_guard.h"

namespace bao::raft::sim {
namespace {

bool still_fails(const Plan& plan, int invariant) {
  Trace trace;
  const RunResult result = run_guarded(plan, trace);
  return result.violation && result.violation->invariant == invariant;
}

}  // namespace

Plan minimise(const Plan& failing, const Violation& violation) {
  Plan best = failing;
  const auto keep_if_failing = [&](const Plan& candidate) {
    if (!still_fails(candidate, violation.invariant)) return false;
    best = candidate;
    return true;
  };
  if (best.sqlite) {
    Plan candidate = best;
    candidate.sqlite = false;
    keep_if_failing(candidate);
  }
  for (size_t i = 0; i < kFaults; ++i) {
    if (!best.on[i]) continue;
    Plan candidate = best;
    candidate.on[i] = false;
    if (static_cast<Fault>(i) == Fault::small_limits) candidate.limits = Limits{};
    keep_if_failing(candidate);
  }
  for (int clients = 0; clients < best.clients; ++clients) {
    Plan candidate = best;
    candidate.clients = clients;
    if (keep_if_failing(candidate)) break;
  }
  uint64_t low = 0;  // does not fail, or was not tried
  while (low + 1 + best.events_max / 50 < best.events_max) {
    Plan candidate = best;
    candidate.events_max = low + (best.events_max - low) / 2;
    if (!keep_if_failing(candidate)) low = candidate.events_max;
  }
  return best;
}

}  // namespace bao::raft::sim
