// What a process finds at its start: the table of ../README.md that sets the log and the state machine right with each
// other, and what the core is then created from.
#pragma once

#include <optional>

#include "internal/raft/core/options.h"
#include "internal/raft/sim/host.h"

namespace bao::raft::sim {

// Empty after a violation was reported.
std::optional<Recovered> recover(Host& host);
// All of a log but for the newest entries, of which there are `kept`; nothing is applied.
Recovered recovered_from(const LogImage& log, uint64_t kept);

}  // namespace bao::raft::sim
