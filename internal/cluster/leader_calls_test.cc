// A request for whoever leads: what was not begun goes to the next one, what may have been never goes anywhere again.
#include "internal/cluster/leader_calls.h"

#include <gtest/gtest.h>

#include <vector>

#include "internal/cluster/calls_recorded.h"
#include "internal/raft/driver/waiter.h"

namespace bao::cluster {
namespace {

using base::Code;
using base::Error;
using raft::NodeId;
using raft::Role;
using raft::Term;
using namespace std::chrono_literals;

class LeaderCallsTest : public ::testing::Test {
 protected:
  LeaderCallsTest() {
    transport.on_call = [this](NodeId to, std::string request, raft::TakeAnswer done) {
      asked.push_back(to);
      requests.push_back(std::move(request));
      done(answer(to));
    };
  }
  void leads(uint64_t node) { leadership.heard({node == 1 ? Role::leader : Role::follower, Term{++term}, NodeId{node}}); }

  Leadership leadership;
  CallsRecorded transport;
  bool speaks = true;
  LeaderCalls calls{NodeId{1}, leadership, [this] { return speaks ? &transport : nullptr; }};
  std::function<base::Result<std::string>(NodeId)> answer = [](NodeId) { return kDone + std::string("done"); };
  std::vector<NodeId> asked;
  std::vector<std::string> requests;
  uint64_t term = 1;
};

TEST_F(LeaderCallsTest, IsAnsweredByTheLeader) {
  leads(2);
  const auto answered = calls.ask("write", 20s);
  ASSERT_TRUE(answered.ok()) << answered.error().message();
  EXPECT_EQ(*answered, "done");
  EXPECT_EQ(asked, std::vector{NodeId{2}});
  EXPECT_EQ(requests.front().substr(1), "write");
}

TEST_F(LeaderCallsTest, WhatWasNotBegunGoesToTheNextLeader) {
  leads(2);
  int refusals = 0;
  answer = [&](NodeId to) -> base::Result<std::string> {
    if (to == NodeId{3}) return kDone + std::string("done");
    if (++refusals == 1) return std::string(1, kNotNow);  // it leads and is not active yet
    leads(3);
    return Error(Code::unavailable, "not connected");
  };
  EXPECT_EQ(*calls.ask("write", 20s), "done");
  EXPECT_EQ(asked, (std::vector{NodeId{2}, NodeId{2}, NodeId{3}}));
}

TEST_F(LeaderCallsTest, WhatMayHaveBegunIsNeverSentAgain) {
  leads(2);
  answer = [&](NodeId) -> base::Result<std::string> {
    leads(3);
    return Error(Code::uncertain, "the connection broke");
  };
  EXPECT_EQ(calls.ask("write", 20s).error().code(), Code::uncertain);
  EXPECT_EQ(asked.size(), 1u);
}

TEST_F(LeaderCallsTest, ANodeThatLeadsItselfSaysSo) {
  leads(2);
  answer = [&](NodeId) -> base::Result<std::string> {
    leads(1);
    return Error(Code::unavailable, "ended");
  };
  EXPECT_EQ(calls.ask("write", 20s).error().code(), Code::conflict);
  EXPECT_EQ(asked.size(), 1u);
}

TEST_F(LeaderCallsTest, WithNobodyToAskItIsUnavailableInTime) {
  EXPECT_EQ(calls.ask("write", 1ms).error().code(), Code::unavailable) << "nobody leads";
  leads(2);
  speaks = false;
  EXPECT_EQ(calls.ask("write", 1ms).error().code(), Code::unavailable) << "the port is closed";
  EXPECT_FALSE(calls.await_successor(1ms));
  EXPECT_TRUE(asked.empty());
}

TEST_F(LeaderCallsTest, ANodeThatStopsAsksNobodyAnyMore) {
  leads(2);
  answer = [&](NodeId) {
    leadership.stop();
    return std::string(1, kNotNow);
  };
  EXPECT_EQ(calls.ask("write", 1h).error().code(), Code::unavailable);
  EXPECT_EQ(asked.size(), 1u);
}

class AskedTest : public ::testing::Test {
 protected:
  std::string asked(std::string request) {
    raft::Waiter<std::string> answered;
    calls.asked(std::move(request), [&](std::string text) { answered.answer(std::move(text)); });
    return *answered.wait();
  }
  Leadership leadership;
  LeaderCalls calls{NodeId{1}, leadership, [] { return nullptr; }};
};

TEST_F(AskedTest, OnlyWhoIsSetAnswers) {
  EXPECT_EQ(asked("rwrite"), std::string(1, kNotNow));
  calls.on_ask([](std::string request) -> std::optional<std::string> {
    if (request == "later") return std::nullopt;
    return "did " + request;
  });
  EXPECT_EQ(asked("rwrite"), kDone + std::string("did write"));
  EXPECT_EQ(asked("rlater"), std::string(1, kNotNow));
  EXPECT_EQ(asked(""), std::string(1, kNotNow));
  EXPECT_EQ(asked("zwrite"), std::string(1, kNotNow)) << "of a version that doesn't exist yet";
  calls.on_ask(nullptr);
  EXPECT_EQ(asked("rwrite"), std::string(1, kNotNow));
}

TEST_F(AskedTest, TellsWhenThisNodeIsActive) {
  leadership.heard({Role::follower, Term{2}, NodeId{2}});
  EXPECT_EQ(asked("a"), std::string(1, kNotNow));
  leadership.heard({Role::leader, Term{3}, NodeId{1}});
  leadership.declare_active(true);
  EXPECT_EQ(asked("a"), std::string(1, kDone));
}

}  // namespace
}  // namespace bao::cluster
