// What an operator may write into peers.json, and what becomes of the file.
#include "internal/cluster/peers_file.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "internal/cluster/kept_file.h"
#include "internal/cluster/member_record.h"
#include "internal/testing/fake_cluster.h"

namespace bao::cluster {
namespace {

using raft::NodeId;

class PeersFileTest : public ::testing::Test {
 protected:
  PeersFileTest() {
    std::string pattern = ::testing::TempDir() + "peers-XXXXXX";
    folder = mkdtemp(pattern.data());
    std::filesystem::create_directories(folder + "/raft");
    for (uint64_t id : {1u, 2u, 3u}) {
      known.members[NodeId{id}] = {raft::Session{id + 10}, encode({testing::FakeCluster::record_of("n" + std::to_string(id), id), false})};
      known.voters.insert(NodeId{id});
    }
  }
  ~PeersFileTest() override { std::filesystem::remove_all(folder); }
  void give(const std::string& text) { ASSERT_TRUE(write_whole(folder + "/raft/peers.json", text).ok()); }
  std::string refusal(const std::string& text) {
    give(text);
    PeersFile file(folder);
    const auto members = file.members(known, "n1");
    EXPECT_TRUE(file.given()) << "it stays for the operator to mend";
    return members.ok() ? "" : members.error().message().substr((folder + "/raft/peers.json: ").size());
  }

  std::string folder;
  raft::Configuration known;
};

constexpr char kTwo[] = R"([{"id": "n1", "address": "10.0.0.1:1"}, {"id": "n3", "address": "10.0.0.3:3", "non_voter": true}])";

TEST_F(PeersFileTest, WhoIsNamedStaysWithItsKeyAndSessionAtItsNewAddress) {
  EXPECT_EQ(PeersFile(folder).members(known, "n1").value(), std::nullopt);
  give(kTwo);
  PeersFile file(folder);
  const auto members = file.members(known, "n1");
  ASSERT_TRUE(members.ok()) << members.error().message();
  EXPECT_EQ((*members)->voters, std::set<NodeId>{NodeId{1}});
  EXPECT_EQ((*members)->learners, std::set<NodeId>{NodeId{3}});
  EXPECT_EQ((*members)->members.size(), 2u);
  EXPECT_EQ((*members)->members.at(NodeId{3}).session, raft::Session{13});
  const auto third = decode_context(3, (*members)->members.at(NodeId{3}).context);
  EXPECT_EQ(third->record.cluster_address, "10.0.0.3:3");
  EXPECT_EQ(third->record.certificate, testing::kFakeCertificate);
  EXPECT_TRUE(third->non_voter);
}

TEST_F(PeersFileTest, EachStartBeginsWithThemUntilTheEpochHasChanged) {
  give(kTwo);
  EXPECT_TRUE(PeersFile(folder).members(known, "n1").value().has_value());
  EXPECT_FALSE(PeersFile(folder).given());
  PeersFile again(folder);
  EXPECT_TRUE(again.members(known, "n1").value().has_value()) << "it crashed before";
  EXPECT_TRUE(again.recovering());
  for (auto& [id, member] : known.members) {
    auto context = decode_context(id.value, member.context);
    context->epoch = "next";
    member.context = encode(*context);
  }
  PeersFile after(folder);
  EXPECT_EQ(after.members(known, "n1").value(), std::nullopt) << "somebody led it to its end";
  EXPECT_FALSE(after.recovering());
}

TEST_F(PeersFileTest, WhoeverLeadsThemWritesThemDownInANewEpoch) {
  give(kTwo);
  PeersFile file(folder);
  raft::DriverStatus status;
  status.configuration = *file.members(known, "n1").value();
  status.view.configuration_index = raft::Index{9};
  status.view.term_committed = true;
  EXPECT_TRUE(file.changes(status).empty()) << "somebody else leads";
  status.view.role = raft::Role::leader;
  const raft::ConfigurationChange steps = file.changes(status);
  EXPECT_EQ(steps.size(), 2u);
  for (const raft::ChangeStep& step : steps) status.configuration.members.at(step.id).context = step.context;
  const std::string epoch = epoch_of(status.configuration);
  EXPECT_NE(epoch, "");
  for (const auto& [id, member] : status.configuration.members) EXPECT_EQ(decode_context(id.value, member.context)->epoch, epoch);
  status.view.commit = raft::Index{9};
  EXPECT_TRUE(file.changes(status).empty()) << "it says so";
  EXPECT_TRUE(file.recovering()) << "and this node may forget it in a crash";
  status.view.durable = raft::Index{9};
  EXPECT_TRUE(file.changes(status).empty());
  EXPECT_FALSE(file.recovering());
  EXPECT_EQ(PeersFile(folder).members(known, "n1").value(), std::nullopt);
}

TEST_F(PeersFileTest, WhatCannotBeIsRefused) {
  EXPECT_NE(refusal("[{"), "");
  EXPECT_EQ(refusal("{}"), "not a list of {id, address, non_voter}");
  EXPECT_EQ(refusal(R"([{"id": "n1"}])"), "each server needs an id and an address");
  EXPECT_EQ(refusal(R"([{"id": "n1", "address": "nowhere"}])"), "cluster_addr is not host:port");
  EXPECT_EQ(refusal(R"([{"id": "n9", "address": "a:1"}])"), "nobody of the name n9 was a member: it joins once the cluster is there again");
  EXPECT_EQ(refusal(R"([{"id": "n2", "address": "a:1"}])"), "this node, n1, is not in it");
  EXPECT_EQ(refusal(R"([{"id": "n1", "address": "a:1"}, {"id": "n1", "address": "a:2"}])"), "n1 is there twice");
  EXPECT_EQ(refusal(R"([{"id": "n1", "address": "a:1", "non_voter": true}])"), "nobody in it votes");
}

}  // namespace
}  // namespace bao::cluster
