// Dead servers go one by one, and only while those who answer stay a majority; health is told with the time since when it is so.
#include "internal/cluster/autopilot.h"

#include <gtest/gtest.h>

namespace bao::cluster {
namespace {

using raft::NodeId;
using namespace std::chrono_literals;

class AutopilotTest : public testing::Test {
 protected:
  AutopilotTest() {
    settings.cleanup = core::AutopilotSettings::Cleanup::yes;
    settings.min_quorum = 3;
    settings.dead_server_last_contact = 60s;
    settings = core::effective(settings);
    status.view.role = raft::Role::leader;
    status.view.last.index = base::Index{5000};
    add(1, true);
  }
  void add(uint64_t id, bool votes) {
    status.configuration.members[NodeId{id}] = {};
    (votes ? status.configuration.voters : status.configuration.learners).insert(NodeId{id});
    if (id == 1) return;
    raft::PeerView peer{};
    peer.id = NodeId{id};
    peer.match = status.view.last.index;
    status.view.peers.push_back(peer);
  }
  void silent(uint64_t id, std::chrono::milliseconds time) {
    for (raft::PeerView& peer : status.view.peers)
      if (peer.id == NodeId{id}) peer.ticks_since_contact = static_cast<int>(time / raft::DriverOptions().tick);
  }
  std::optional<NodeId> dead() { return autopilot.dead(status, settings); }
  Autopilot::Health health(uint64_t id, std::chrono::milliseconds after) {
    for (const auto& each : autopilot.observe(status, settings, start + after))
      if (each.id == NodeId{id}) return each;
    ADD_FAILURE() << "nobody knows " << id;
    return {};
  }

  raft::DriverStatus status;
  core::AutopilotSettings settings;
  Autopilot autopilot;
  const Autopilot::Time start{};
};

TEST_F(AutopilotTest, ADeadServerIsRemovedOfFourAndNotOfThree) {
  for (uint64_t id : {2u, 3u, 4u}) add(id, true);
  silent(4, 60s);
  EXPECT_EQ(dead(), std::nullopt) << "not dead yet";
  silent(4, 61s);
  EXPECT_EQ(dead(), NodeId{4});
  settings.min_quorum = 4;
  EXPECT_EQ(dead(), std::nullopt) << "that many are to stay";
  settings.min_quorum = 3;
  settings.cleanup = core::AutopilotSettings::Cleanup::no;
  EXPECT_EQ(dead(), std::nullopt);
}

TEST_F(AutopilotTest, NobodyIsRemovedWhileThoseWhoAnswerAreNoMajority) {
  for (uint64_t id : {2u, 3u, 4u, 5u}) add(id, true);
  silent(5, 90s);
  silent(4, 90s);
  EXPECT_TRUE(dead().has_value());
  silent(3, 20s);  // not dead, but who knows: two of five answer
  EXPECT_EQ(dead(), std::nullopt);
  silent(3, 0s);
  status.configuration.voters.erase(NodeId{5});
  status.view.peers.pop_back();
  EXPECT_EQ(dead(), NodeId{4}) << "then the other, which leaves three";
}

TEST_F(AutopilotTest, WhoDoesNotVoteMayAlwaysGo) {
  for (uint64_t id : {2u, 3u}) add(id, true);
  add(4, false);
  silent(4, 90s);
  silent(3, 90s);
  EXPECT_EQ(dead(), NodeId{4});
  status.view.role = raft::Role::follower;
  EXPECT_EQ(dead(), std::nullopt);
}

TEST_F(AutopilotTest, HealthIsContactAndKeepingUp) {
  add(2, true);
  EXPECT_TRUE(health(2, 0s).healthy);
  silent(2, 11s);
  const auto lost = health(2, 5s);
  EXPECT_FALSE(lost.healthy);
  EXPECT_EQ(lost.since_contact, 11s);
  EXPECT_EQ(lost.stable_since, start + 5s);
  silent(2, 0s);
  status.view.peers[0].match = base::Index{3999};
  EXPECT_FALSE(health(2, 6s).healthy) << "1001 entries behind";
  EXPECT_EQ(health(2, 7s).stable_since, start + 5s) << "unhealthy since then";
  status.view.peers[0].match = base::Index{4000};
  EXPECT_TRUE(health(2, 8s).healthy);
  EXPECT_EQ(health(2, 9s).stable_since, start + 8s);
  EXPECT_EQ(health(1, 10s).stable_since, start);
  status.view.role = raft::Role::follower;
  EXPECT_TRUE(autopilot.observe(status, settings, start + 11s).empty());
}

}  // namespace
}  // namespace bao::cluster
