// Majorities, over one or both halves of a configuration. Pure functions.
#pragma once

#include <functional>
#include <map>
#include <set>

#include "internal/raft/core/configuration.h"
#include "internal/raft/core/types.h"

namespace bao::raft {

enum class VoteOutcome { pending, won, lost };

// How far a voter is; 0 for one that nothing is known of. Asked once for each of them.
using Reached = std::function<Index(NodeId voter)>;
// The highest index that a majority of `voters` has reached. No voters: the highest index there is, so that an empty half
// never holds the other back.
Index majority_index(const std::set<NodeId>& voters, const Reached& reached);
// Both halves while joint.
Index committed_index(const Configuration& configuration, const Reached& reached);
VoteOutcome vote_outcome(const Configuration& configuration, const std::map<NodeId, bool>& answers);
// True when `present` holds a majority of each half.
bool is_quorum(const Configuration& configuration, const std::set<NodeId>& present);

}  // namespace bao::raft
