// Majorities, over one or both halves of a configuration. Pure functions.
#pragma once

#include <map>
#include <set>

#include "internal/raft/core/configuration.h"
#include "internal/raft/core/types.h"

namespace bao::raft {

enum class VoteOutcome { pending, won, lost };

// The highest index that a majority of `voters` has reached; an absent entry counts as 0. No voters: the highest index
// there is, so that an empty half never holds the other back.
Index majority_index(const std::set<NodeId>& voters, const std::map<NodeId, Index>& reached);
// Both halves while joint.
Index committed_index(const Configuration& configuration, const std::map<NodeId, Index>& reached);
VoteOutcome vote_outcome(const Configuration& configuration, const std::map<NodeId, bool>& answers);
// True when `present` holds a majority of each half.
bool is_quorum(const Configuration& configuration, const std::set<NodeId>& present);

}  // namespace bao::raft
