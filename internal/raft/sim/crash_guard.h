// Runs a plan so that a failed ENSURE of the core is a violation of that seed, not the end of the program: the abort's
// signal jumps back here. What the run had allocated is leaked then. One thread only.
#pragma once

#include "internal/raft/sim/world.h"

namespace bao::raft::sim {

// False: an ENSURE failed in the middle; what it had made stays for ever.
bool comes_to_its_end(const std::function<void()>& what);
RunResult run_guarded(const Plan& plan, Trace& trace);

}  // namespace bao::raft::sim
