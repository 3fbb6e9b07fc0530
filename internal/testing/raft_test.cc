// sys/storage/raft on the leader of a cluster: taking nodes in, and what the members' nodes are.
#include <gtest/gtest.h>

#include "internal/codec/encoding.h"
#include "internal/core/ha/join_protocol.h"
#include "internal/testing/fake_cluster.h"
#include "internal/testing/test_core.h"

namespace bao::testing {
namespace {

using codec::Json;
using core::Applicant;
using core::OpenedChallenge;

core::CoreOptions options_with(core::Cluster& cluster) {
  core::CoreOptions options;
  options.cluster = &cluster;
  options.api_address = "http://127.0.0.1:18201";
  return options;
}

class Leader : public ::testing::Test {
 protected:
  base::Result<OpenedChallenge> challenge(const std::string& server_id) {
    const auto reply = node_.write("sys/storage/raft/bootstrap/challenge", codec::write_json(Json::record({{"server_id", server_id}})),
                                   TestCore::kNoToken);
    if (!reply.ok()) return reply.error();
    const auto key = codec::from_hex(node_.share());
    const auto closed = codec::from_base64((*reply->data)["challenge"].as_string());
    auto opened = seal::shamir_wrapper(base::SecretBytes(*key))->unwrap(*closed);
    if (!opened.ok()) return opened.error();
    return OpenedChallenge::parse(std::move(opened).value());
  }
  logical::Reply answer(const Applicant& applicant, const std::string& text) {
    return node_.write("sys/storage/raft/bootstrap/answer", codec::write_json(core::answer_body(applicant, text)), TestCore::kNoToken);
  }
  logical::Reply join(const Applicant& applicant) {
    const auto asked = challenge(applicant.record.name);
    return asked.ok() ? answer(applicant, asked->answer(applicant)) : logical::Reply(asked.error());
  }
  std::vector<std::string> names() {
    std::vector<std::string> names;
    const auto members = cluster_.members();
    for (const auto& member : *members) names.push_back(member.record.name + "/" + std::to_string(member.record.id));
    return names;
  }

  FakeCluster cluster_{"node1", 1};
  TestCore node_{TestCore::State::unsealed, options_with(cluster_)};
};

TEST_F(Leader, TakesInWhoOpensWhatItsSealClosed) {
  const Applicant applicant{FakeCluster::record_of("node2", 2), false};
  const auto asked = challenge("node2");
  ASSERT_TRUE(asked.ok());
  const auto reply = answer(applicant, asked->answer(applicant));
  ASSERT_TRUE(reply.ok()) << reply.error().message();
  const auto invitation = core::parse_invitation(*reply->data, asked->secret());
  ASSERT_TRUE(invitation.ok()) << invitation.error().message();
  EXPECT_EQ(invitation->cluster_id, "fake-cluster");
  EXPECT_EQ(invitation->members, (std::vector{FakeCluster::record_of("node1", 1), applicant.record}));
  EXPECT_EQ(names(), (std::vector<std::string>{"node1/1", "node2/2"}));
}

TEST_F(Leader, TurnsAwayWhoAnswersForAnother) {
  const Applicant applicant{FakeCluster::record_of("node2", 2), false};
  const auto asked = challenge("node3");
  ASSERT_TRUE(asked.ok());
  EXPECT_EQ(TestCore::text_of(answer(applicant, asked->answer(applicant))), "invalid: invalid answer given");
  EXPECT_EQ(names(), (std::vector<std::string>{"node1/1"}));
}

TEST_F(Leader, AFloodOfQuestionsIsToldToComeAgain) {
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(challenge("node2").ok());
  EXPECT_EQ(challenge("node2").error().code(), base::Code::exhausted);
  node_.clock().advance(std::chrono::seconds(1));
  EXPECT_TRUE(join({FakeCluster::record_of("node2", 2), false}).ok());
}

TEST_F(Leader, SaysWhereItsClusterPortIs) {
  const auto reply = node_.write("sys/storage/raft/bootstrap/member", "{}", TestCore::kNoToken);
  ASSERT_TRUE(reply.ok()) << reply.error().message();
  const auto found = core::parse_member_address(*reply->data);
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->member, 1u);
  EXPECT_EQ(found->cluster_address, "127.0.0.1:8202");
}

TEST_F(Leader, AutopilotGoesByWhatIsStored) {
  EXPECT_EQ(cluster_.autopilot().last_contact, std::chrono::seconds(10)) << "since it leads";
  ASSERT_TRUE(node_.write("sys/storage/raft/autopilot/configuration",
                          R"({"last_contact_threshold": "15s", "cleanup_dead_servers": true, "min_quorum": 3})").ok());
  EXPECT_EQ(cluster_.autopilot().last_contact, std::chrono::seconds(15));
  EXPECT_TRUE(cluster_.autopilot().cleans_up());
}

TEST_F(Leader, TurnsAwayWhoTakesTooLong) {
  const Applicant applicant{FakeCluster::record_of("node2", 2), false};
  const auto asked = challenge("node2");
  ASSERT_TRUE(asked.ok());
  node_.clock().advance(std::chrono::seconds(62));
  EXPECT_EQ(TestCore::text_of(answer(applicant, asked->answer(applicant))), "invalid: invalid answer given: the challenge is too old");
}

TEST_F(Leader, ANodeThatLostItsDiskTakesItsOldPlaceOnceThatOneIsGone) {
  core::ClusterMember old{FakeCluster::record_of("node2", 2), false, true, 100, true};
  cluster_.add(old);
  const Applicant again{FakeCluster::record_of("node2", 7), false};
  EXPECT_EQ(TestCore::text_of(join(again)),
            "invalid: another node of the name node2 is a member and alive: give this one a node_id of its own");
  EXPECT_EQ(names(), (std::vector<std::string>{"node1/1", "node2/2"}));
  ASSERT_TRUE(cluster_.remove_member("node2").ok());
  old.reached_lately = false;
  cluster_.add(old);
  EXPECT_TRUE(join(again).ok());
  EXPECT_EQ(names(), (std::vector<std::string>{"node1/1", "node2/7"}));
}

TEST_F(Leader, AMemberThatAnswersAgainStaysOne) {
  const Applicant applicant{FakeCluster::record_of("node2", 2), false};
  EXPECT_TRUE(join(applicant).ok());
  EXPECT_TRUE(join(applicant).ok());
  EXPECT_EQ(names(), (std::vector<std::string>{"node1/1", "node2/2"}));
}

TEST_F(Leader, ListsTheNodesThatAreThereByTheirAddress) {
  cluster_.add({FakeCluster::record_of("node3", 3), false, false, 0, true});
  cluster_.add({FakeCluster::record_of("node2", 2), false, true, 100, true});
  cluster_.add({FakeCluster::record_of("node4", 4), false, true, 100, false});
  const auto reply = node_.read("sys/ha-status");
  ASSERT_TRUE(reply.ok());
  const auto& nodes = (*reply->data)["nodes"].items();
  ASSERT_EQ(nodes.size(), 3u);
  EXPECT_EQ(nodes[0]["api_address"].as_string(), "http://127.0.0.1:18201");
  EXPECT_EQ(nodes[0]["cluster_address"].as_string(), "https://127.0.0.1:8202");
  EXPECT_TRUE(nodes[0]["active_node"].as_bool());
  EXPECT_TRUE(nodes[0]["last_echo"].is_null());
  EXPECT_EQ(nodes[1]["api_address"].as_string(), "http://127.0.0.1:18202");
  EXPECT_EQ(nodes[1]["hostname"].as_string(), "") << "it does not say";
  EXPECT_FALSE(nodes[1]["active_node"].as_bool());
  EXPECT_FALSE(nodes[1]["last_echo"].as_string().empty());
  EXPECT_EQ(nodes[2]["api_address"].as_string(), "http://127.0.0.1:18203");
}

TEST_F(Leader, StepsDownForSomebodyElseOnly) {
  EXPECT_TRUE(node_.write("sys/step-down").ok());
  EXPECT_EQ(cluster_.hand_overs(), 0);
  cluster_.add({FakeCluster::record_of("node2", 2), false, true, 100, true});
  EXPECT_TRUE(node_.write("sys/step-down").ok());
  EXPECT_EQ(cluster_.hand_overs(), 1);
  EXPECT_FALSE(node_.core().active()) << "whoever was told so asks this node next";
}

}  // namespace
}  // namespace bao::testing
