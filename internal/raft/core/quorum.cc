// Majorities.
#include "internal/raft/core/quorum.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "internal/raft/core/planted_bug.h"

namespace bao::raft {
namespace {

const std::set<NodeId> kNoVoters;

// The half that a change leaves behind; empty when not joint.
const std::set<NodeId>& outgoing(const Configuration& configuration) {
  if (PLANTED(16)) return kNoVoters;  // a joint phase asks only the new majority
  return configuration.outgoing;
}

VoteOutcome majority_vote(const std::set<NodeId>& voters, const std::map<NodeId, bool>& answers) {
  if (voters.empty()) return VoteOutcome::won;
  size_t granted = 0, missing = 0;
  for (NodeId id : voters) {
    const auto answer = answers.find(id);
    if (answer == answers.end()) {
      ++missing;
    } else if (answer->second) {
      ++granted;
    }
  }
  const size_t needed = voters.size() / 2 + 1;
  if (granted >= needed) return VoteOutcome::won;
  return granted + missing >= needed ? VoteOutcome::pending : VoteOutcome::lost;
}

bool is_majority(const std::set<NodeId>& voters, const std::set<NodeId>& present) {
  if (voters.empty()) return true;
  const auto there = std::count_if(voters.begin(), voters.end(), [&](NodeId id) { return present.contains(id); });
  return static_cast<size_t>(there) >= voters.size() / 2 + 1;
}

}  // namespace

Index majority_index(const std::set<NodeId>& voters, const Reached& reached) {
  if (voters.empty()) return Index{std::numeric_limits<uint64_t>::max()};
  std::vector<Index> indexes;
  indexes.reserve(voters.size());
  for (NodeId id : voters) indexes.push_back(reached(id));
  // In falling order the majority's last one has reached it, and so have all before.
  const auto last_of_majority = indexes.begin() + static_cast<std::ptrdiff_t>(voters.size() / 2);
  std::nth_element(indexes.begin(), last_of_majority, indexes.end(), std::greater<>());
  return *last_of_majority;
}

Index committed_index(const Configuration& configuration, const Reached& reached) {
  return std::min(majority_index(configuration.voters, reached), majority_index(outgoing(configuration), reached));
}

VoteOutcome vote_outcome(const Configuration& configuration, const std::map<NodeId, bool>& answers) {
  const VoteOutcome incoming = majority_vote(configuration.voters, answers);
  const VoteOutcome leaving = majority_vote(outgoing(configuration), answers);
  if (incoming == leaving) return incoming;
  if (incoming == VoteOutcome::lost || leaving == VoteOutcome::lost) return VoteOutcome::lost;
  return VoteOutcome::pending;
}

bool is_quorum(const Configuration& configuration, const std::set<NodeId>& present) {
  return is_majority(configuration.voters, present) && is_majority(outgoing(configuration), present);
}

}  // namespace bao::raft
