// How old a standby's state is follows from what the leader said and when; silence ages it as much as a queue does.
#include "internal/cluster/commit_history.h"

#include <gtest/gtest.h>

namespace bao::cluster {
namespace {

using namespace std::chrono_literals;

const CommitHistory::Time kStart{};

TEST(CommitHistory, SaysNothingBeforeTheLeaderSpoke) {
  const CommitHistory history;
  EXPECT_FALSE(history.unheard(kStart));
  EXPECT_FALSE(history.age(5, kStart));
  EXPECT_EQ(history.waiting(5, kStart), 0ms);
}

TEST(CommitHistory, WhatIsAppliedIsAsOldAsTheLeadersLastWordOfIt) {
  CommitHistory history;
  history.learn(1, 10, kStart);
  history.learn(1, 10, kStart + 100ms);  // a heartbeat: still the same
  history.learn(1, 20, kStart + 150ms);
  const auto now = kStart + 400ms;
  EXPECT_EQ(history.unheard(now), 250ms);
  EXPECT_EQ(history.age(20, now), 250ms) << "everything that was known is applied: only the silence counts";
  EXPECT_EQ(history.age(15, now), 300ms) << "at 100 ms all was here, at 150 ms it was not";
  EXPECT_EQ(history.waiting(15, now), 250ms);
  EXPECT_EQ(history.waiting(20, now), 0ms);
}

TEST(CommitHistory, AHeartbeatThatNamesLessTakesNothingBack) {
  CommitHistory history;
  history.learn(1, 20, kStart);
  history.learn(1, 12, kStart + 50ms);
  EXPECT_EQ(history.age(20, kStart + 60ms), 10ms);
  EXPECT_EQ(history.waiting(12, kStart + 60ms), 60ms);
}

TEST(CommitHistory, AnOlderLeaderIsNotHeard) {
  CommitHistory history;
  history.learn(3, 20, kStart);
  history.learn(2, 30, kStart + 50ms);
  EXPECT_EQ(history.unheard(kStart + 60ms), 60ms);
  EXPECT_EQ(history.waiting(20, kStart + 60ms), 0ms);
}

TEST(CommitHistory, IsBounded) {
  CommitHistory history;
  auto now = kStart;
  for (uint64_t index = 1; index <= 3 * CommitHistory::kPointsMax; ++index) history.learn(1, index, now += CommitHistory::kGrain);
  EXPECT_EQ(history.waiting(0, now), CommitHistory::kGrain * (CommitHistory::kPointsMax - 1));
}

}  // namespace
}  // namespace bao::cluster
