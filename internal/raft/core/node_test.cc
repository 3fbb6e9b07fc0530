// Three cores, a perfect network and disk: what the driver relies on first.
#include "internal/raft/core/node.h"

#include <gtest/gtest.h>

#include <deque>

namespace bao::raft {
namespace {

Chain sum_chain(const Chain& previous, const Entry& entry) {
  Chain chain = previous;
  uint64_t hash = 14695981039346656037u;
  const auto mix = [&](uint64_t value) { hash = (hash ^ value) * 1099511628211u; };
  for (uint8_t byte : previous) mix(byte);
  mix(entry.index.value), mix(entry.term.value), mix(static_cast<uint64_t>(entry.kind));
  for (char c : entry.payload) mix(static_cast<uint8_t>(c));
  for (size_t i = 0; i < 8; ++i) chain[i] = static_cast<uint8_t>(hash >> (8 * i));
  return chain;
}

struct Cluster {
  explicit Cluster(uint64_t size) {
    std::map<NodeId, std::string> contexts;
    for (uint64_t id = 1; id <= size; ++id) contexts[NodeId{id}] = "";
    for (uint64_t id = 1; id <= size; ++id) {
      Options options;
      options.id = NodeId{id};
      options.seed = id;
      options.chain = sum_chain;
      Recovered recovered;
      recovered.configurations = ConfigurationHistory(Index{0}, *first_configuration(contexts));
      nodes[NodeId{id}] = *Node::create(options, std::move(recovered));
    }
  }

  // Until nobody has anything to do.
  void settle() {
    bool busy = true;
    while (busy) {
      busy = false;
      for (auto& [id, node] : nodes) {
        Output output = node->take_output();
        busy = busy || !output.empty();
        run(id, *node, output);
        node->check_invariants();
      }
      for (Envelope& envelope : std::exchange(network, {})) nodes.at(envelope.to)->step(std::move(envelope));
    }
  }

  void run(NodeId id, Node& node, Output& output) {
    network.insert(network.end(), output.send_now.begin(), output.send_now.end());
    if (output.append) {
      node.on_append_done(output.append->sequence);
      network.insert(network.end(), output.append->send_after.begin(), output.append->send_after.end());
    }
    for (const EntryPtr& entry : output.apply) {
      if (entry->kind == EntryKind::data) applied[id].push_back(entry->payload);
      node.on_applied(entry->index);
    }
    for (const ReadReady& read : output.reads) reads.push_back(read);
    for (const ProposalFate& fate : output.fates) fates.push_back(fate);
    EXPECT_FALSE(output.stop) << *output.stop;
  }

  std::map<NodeId, std::unique_ptr<Node>> nodes;
  std::deque<Envelope> network;
  std::map<NodeId, std::vector<std::string>> applied;
  std::vector<ReadReady> reads;
  std::vector<ProposalFate> fates;
};

TEST(Node, ThreeElectReplicateAndCommit) {
  Cluster cluster(3);
  Node& first = *cluster.nodes.at(NodeId{1});
  first.campaign();
  cluster.settle();
  ASSERT_EQ(first.view().role, Role::leader);
  const std::vector<std::string> payloads{"a", "b"};
  ASSERT_TRUE(first.propose(payloads).ok());
  cluster.settle();
  for (auto& [id, node] : cluster.nodes) {
    EXPECT_EQ(node->view().leader, NodeId{1});
    EXPECT_EQ(node->view().commit, Index{3});
    EXPECT_EQ(cluster.applied[id], payloads);
  }
  EXPECT_EQ(cluster.fates.size(), 2u);
}

TEST(Node, OneAloneCommitsAndReads) {
  Cluster cluster(1);
  Node& node = *cluster.nodes.at(NodeId{1});
  node.campaign();
  cluster.settle();
  ASSERT_EQ(node.view().role, Role::leader);
  node.read_index(7);
  cluster.settle();
  ASSERT_EQ(cluster.reads.size(), 1u);
  EXPECT_EQ(cluster.reads[0].index, Index{1});
  EXPECT_FALSE(cluster.reads[0].refused);
}

TEST(Node, EveryMemberReadsAtTheLeadersIndex) {
  Cluster cluster(3);
  cluster.nodes.at(NodeId{1})->campaign();
  cluster.settle();
  for (auto& [id, node] : cluster.nodes) node->read_index(id.value);
  cluster.settle();
  ASSERT_EQ(cluster.reads.size(), 3u);
  for (const ReadReady& read : cluster.reads) EXPECT_EQ(read.index, Index{1});
}

TEST(Node, SomebodyIsElectedByTime) {
  Cluster cluster(3);
  int leaders = 0;
  for (int tick = 0; tick < 400 && leaders == 0; ++tick) {
    for (auto& [id, node] : cluster.nodes) node->tick();
    cluster.settle();
    for (auto& [id, node] : cluster.nodes) leaders += node->view().role == Role::leader;
  }
  EXPECT_EQ(leaders, 1);
}

TEST(Node, VotersAreAddedAndTheLeaderCanRemoveItself) {
  Cluster cluster(3);
  Node& first = *cluster.nodes.at(NodeId{1});
  first.campaign();
  cluster.settle();
  ASSERT_TRUE(first.propose_configuration({{ChangeStep::Kind::remove, NodeId{1}, {}}}).ok());
  cluster.settle();
  EXPECT_EQ(first.view().role, Role::follower);
  const Configuration& left = *cluster.nodes.at(NodeId{2})->view().configuration;
  EXPECT_FALSE(left.joint());
  EXPECT_EQ(left.voters.size(), 2u);
  int leaders = 0;
  for (auto& [id, node] : cluster.nodes) leaders += node->view().role == Role::leader;
  EXPECT_EQ(leaders, 1) << "the successor was told to campaign at once";
}

TEST(Node, LeadershipIsTransferred) {
  Cluster cluster(3);
  cluster.nodes.at(NodeId{1})->campaign();
  cluster.settle();
  ASSERT_TRUE(cluster.nodes.at(NodeId{1})->transfer_leadership(NodeId{3}).ok());
  cluster.settle();
  EXPECT_EQ(cluster.nodes.at(NodeId{3})->view().role, Role::leader);
  EXPECT_EQ(cluster.nodes.at(NodeId{1})->view().leader, NodeId{3});
}

// The driver reports the end of every installation it began. A refusal of one that a newer had replaced was taken for the
// newer one's: entries were handed to a state machine that was jumping over them.
TEST(Node, TheRefusalOfAReplacedSnapshotDoesNotEndTheNewerOne) {
  Cluster cluster(3);
  Node& node = *cluster.nodes.at(NodeId{1});
  const auto offered = [&](uint64_t index) {
    SnapshotMeta meta;
    meta.last = {Index{index}, Term{1}};
    meta.configuration = *node.view().configuration;
    node.step({GroupId{}, NodeId{2}, NodeId{1}, Term{1}, SnapshotOffer{Session{1}, meta}});
    EXPECT_TRUE(node.take_output().install) << index;
    return meta;
  };
  const auto campaigns = [&] {
    for (int tick = 0; tick < 60; ++tick) node.tick();
    return node.view().role == Role::pre_candidate;
  };
  const SnapshotMeta older = offered(5), newer = offered(9);
  node.on_snapshot_refused(older);
  EXPECT_FALSE(campaigns()) << "the newer one is under way";
  node.on_snapshot_refused(newer);
  EXPECT_TRUE(campaigns());
}

}  // namespace
}  // namespace bao::raft
