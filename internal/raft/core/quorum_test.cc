// Majorities against counting by hand, on random groups.
#include "internal/raft/core/quorum.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>

#include "internal/raft/core/random.h"

namespace bao::raft {
namespace {

std::set<NodeId> random_voters(Random& random) {
  std::set<NodeId> voters;
  for (uint64_t id = 1; id <= 8; ++id) {
    if (random.below(2) == 0) voters.insert(NodeId{id});
  }
  return voters;
}

// Every index is tried from the top: the first that more than half have reached.
Index slow_majority(const std::set<NodeId>& voters, const std::map<NodeId, Index>& reached) {
  if (voters.empty()) return Index{std::numeric_limits<uint64_t>::max()};
  for (uint64_t index = 10; index > 0; --index) {
    size_t count = 0;
    for (NodeId id : voters) count += reached.contains(id) && reached.at(id).value >= index;
    if (count * 2 > voters.size()) return Index{index};
  }
  return Index{0};
}

// Every way in which the missing answers may come is tried.
VoteOutcome slow_outcome(const Configuration& c, const std::map<NodeId, bool>& answers) {
  const auto wins = [&](const std::map<NodeId, bool>& all) {
    const auto half = [&](const std::set<NodeId>& voters) {
      size_t granted = 0;
      for (NodeId id : voters) granted += all.contains(id) && all.at(id);
      return voters.empty() || granted * 2 > voters.size();
    };
    return half(c.voters) && half(c.outgoing);
  };
  if (wins(answers)) return VoteOutcome::won;
  std::map<NodeId, bool> best = answers;
  for (uint64_t id = 1; id <= 8; ++id) best.emplace(NodeId{id}, true);
  return wins(best) ? VoteOutcome::pending : VoteOutcome::lost;
}

// Of whom nothing is known: 0.
Reached lookup(std::map<NodeId, Index> reached) {
  return [reached = std::move(reached)](NodeId id) {
    const auto found = reached.find(id);
    return found == reached.end() ? Index{0} : found->second;
  };
}

TEST(Quorum, EqualsCountingByHand) {
  const char* given = std::getenv("RAFT_QUORUM_SEED");
  const uint64_t seed = given ? std::strtoull(given, nullptr, 10) : 20240611;
  SCOPED_TRACE("RAFT_QUORUM_SEED=" + std::to_string(seed));
  Random random(seed);
  for (int round = 0; round < 5000; ++round) {
    Configuration c;
    do c.voters = random_voters(random); while (c.voters.empty());
    if (random.below(2) == 0) c.outgoing = random_voters(random);
    std::map<NodeId, Index> reached;
    std::map<NodeId, bool> answers;
    std::set<NodeId> present;
    std::map<NodeId, bool> all;
    for (uint64_t id = 1; id <= 8; ++id) {
      if (random.below(4) != 0) reached[NodeId{id}] = Index{random.below(10)};
      if (random.below(3) != 0) answers[NodeId{id}] = random.below(2) == 0;
      if (random.below(2) == 0) present.insert(NodeId{id});
      all[NodeId{id}] = present.contains(NodeId{id});
    }
    ASSERT_EQ(majority_index(c.voters, lookup(reached)), slow_majority(c.voters, reached));
    ASSERT_EQ(committed_index(c, lookup(reached)), std::min(slow_majority(c.voters, reached), slow_majority(c.outgoing, reached)));
    ASSERT_EQ(vote_outcome(c, answers), slow_outcome(c, answers));
    ASSERT_EQ(is_quorum(c, present), slow_outcome(c, all) == VoteOutcome::won);
  }
}

TEST(Quorum, MissingAnswersCountAsNothing) {
  const std::set<NodeId> three{NodeId{1}, NodeId{2}, NodeId{3}};
  EXPECT_EQ(majority_index(three, lookup({})), Index{0});
  EXPECT_EQ(majority_index(three, lookup({{NodeId{1}, Index{5}}})), Index{0});
  EXPECT_EQ(majority_index(three, lookup({{NodeId{1}, Index{5}}, {NodeId{2}, Index{3}}})), Index{3});
  EXPECT_EQ(majority_index(three, lookup({{NodeId{1}, Index{5}}, {NodeId{9}, Index{9}}})), Index{0}) << "others don't count";
}

}  // namespace
}  // namespace bao::raft
