// Makes a failing seed small: fewer kinds of faults, fewer clients, fewer events, as long as the same invariant breaks.
#pragma once

#include "internal/raft/sim/plan.h"
#include "internal/raft/sim/world.h"

namespace bao::raft::sim {

Plan minimise(const Plan& failing, const Violation& violation);

}  // namespace bao::raft::sim
