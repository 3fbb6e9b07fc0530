// The search through a small world: that nothing breaks as far as it goes in a test, that it comes to an end where there is
// one, and that its judge can say no.
#include <gtest/gtest.h>

#include "internal/raft/sim/small_search.h"
#include "internal/raft/sim/state_machine.h"

namespace bao::raft::sim {
namespace {

TEST(SmallWorld, NothingBreaksInAnyCorner) {
  for (const Corner& corner : corners()) {
    const SearchResult result = search_small_world(corner, {.states = 8'000, .seconds = 1'000});
    std::string way;
    for (const std::string& step : result.way) way += "\n  " + step;
    EXPECT_FALSE(result.violation) << corner.name << ": invariant " << result.violation->invariant << ": " << result.violation->text << way;
    EXPECT_TRUE(result.exhausted || result.states >= 8'000) << corner.name;
    EXPECT_GT(result.steps, result.states) << "some states are reached in several ways";
  }
}

TEST(SmallWorld, ASearchEndsWhereNothingMoreCanHappen) {
  const Corner one_election{"one election", false, {.terms = 1, .proposals = 0, .crashes = 0, .timeouts = 1, .heartbeats = 0}};
  const SearchResult result = search_small_world(one_election, {});
  EXPECT_TRUE(result.exhausted);
  EXPECT_GT(result.states, 100u);
  EXPECT_GT(result.depth, 10u) << "question, vote, append and their answers";
  EXPECT_EQ(search_small_world(one_election, {}).states, result.states) << "the same every time";
}

// A disk that holds one entry of term 1.
SmallDisk one_entry() {
  Entry entry{Index{1}, Term{1}, EntryKind::data, "x", {}};
  entry.chain = cheap_chain({}, entry);
  SmallDisk disk;
  disk.durable.hard = {Term{2}, NodeId{1}, Index{}};
  disk.durable.append({std::make_shared<const Entry>(entry)});
  disk.held = disk.durable;
  return disk;
}

int invariant_broken_by(const Envelope& envelope, const SmallDisk& sender, const LogImage* leads) {
  SmallHistory history;
  history.votes[{NodeId{2}, Term{2}}] = NodeId{1};
  Judge judge;
  judge_message(envelope, sender, leads, history, judge);
  return judge.clean() ? -1 : judge.first()->invariant;
}

TEST(SmallJudge, AMessageIsJudgedByWhatIsDurable) {
  const SmallDisk disk = one_entry();
  const auto vote = [](NodeId candidate, Term term) { return Envelope{GroupId{1}, NodeId{2}, candidate, term, VoteReply{true}}; };
  EXPECT_EQ(invariant_broken_by(vote(NodeId{1}, Term{2}), disk, nullptr), -1);
  EXPECT_EQ(invariant_broken_by(vote(NodeId{1}, Term{3}), disk, nullptr), 17);
  SmallDisk other = disk;
  other.durable.hard.vote = NodeId{3};
  EXPECT_EQ(invariant_broken_by(vote(NodeId{3}, Term{2}), other, nullptr), 7);

  const auto answer = [](Index match) {
    return Envelope{GroupId{1}, NodeId{2}, NodeId{1}, Term{2}, AppendReply{Session{1}, true, match, {}, {}, match}};
  };
  EXPECT_EQ(invariant_broken_by(answer(Index{1}), disk, &disk.held), -1);
  EXPECT_EQ(invariant_broken_by(answer(Index{2}), disk, &disk.held), 17);
  LogImage another = LogImage{};
  EXPECT_EQ(invariant_broken_by(answer(Index{1}), disk, &another), 11);
}

}  // namespace
}  // namespace bao::raft::sim
