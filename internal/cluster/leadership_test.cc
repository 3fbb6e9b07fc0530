// Who leads, and who waits for that.
#include "internal/cluster/leadership.h"

#include <gtest/gtest.h>

#include <thread>

namespace bao::cluster {
namespace {

using raft::NodeId;
using raft::Role;
using raft::Term;
using namespace std::chrono_literals;

constexpr auto kLong = 1h;  // never waited for to the end

TEST(Leadership, SaysWhoLeadsAndIsWaitedForOnce) {
  Leadership leadership;
  const Leadership::Leader before = leadership.leader();
  EXPECT_EQ(before.id, raft::kNobody);
  leadership.heard({Role::follower, Term{3}, NodeId{2}});
  EXPECT_TRUE(leadership.await_news(before.seen, kLong)) << "they are there already";
  const Leadership::Leader now = leadership.leader();
  EXPECT_EQ(now.id, NodeId{2});
  EXPECT_EQ(now.term, Term{3});
  EXPECT_FALSE(now.here);
  std::thread waiting([&] { EXPECT_TRUE(leadership.await_news(now.seen, kLong)); });
  leadership.wake();
  waiting.join();
}

TEST(Leadership, OnlyAnotherLeaderOfALaterTermIsASuccessor) {
  Leadership leadership;
  leadership.heard({Role::follower, Term{3}, NodeId{2}});
  const Leadership::Leader asked = leadership.leader();
  EXPECT_FALSE(leadership.succeeded(asked, 0s));
  leadership.heard({Role::follower, Term{4}, raft::kNobody});
  EXPECT_FALSE(leadership.succeeded(asked, 0s)) << "nobody leads yet";
  leadership.heard({Role::follower, Term{4}, NodeId{2}});
  EXPECT_FALSE(leadership.succeeded(asked, 0s)) << "the same one leads again";
  leadership.heard({Role::follower, Term{5}, NodeId{3}});
  EXPECT_TRUE(leadership.succeeded(asked, 0s));
  EXPECT_FALSE(leadership.succeeded(asked, kLong)) << "for a while only";
}

TEST(Leadership, WhoWaitsForThisNodeToBeActiveIsToldWhenItIsAndWhenItWontBe) {
  Leadership leadership;
  leadership.heard({Role::leader, Term{3}, NodeId{1}});
  std::thread told([&] { EXPECT_TRUE(leadership.await_active(kLong)); });
  leadership.declare_active(true);
  told.join();
  leadership.declare_active(false);
  std::thread deposed([&] { EXPECT_FALSE(leadership.await_active(kLong)); });
  leadership.heard({Role::follower, Term{4}, NodeId{2}});
  deposed.join();
  leadership.await_follower(kLong);
}

TEST(Leadership, NobodyWaitsForANodeThatStops) {
  Leadership leadership;
  leadership.heard({Role::leader, Term{3}, NodeId{1}});
  std::thread first([&] { EXPECT_FALSE(leadership.await_news(leadership.leader().seen, kLong)); });
  std::thread second([&] { EXPECT_FALSE(leadership.await_active(kLong)); });
  leadership.stop();
  first.join();
  second.join();
}

}  // namespace
}  // namespace bao::cluster
