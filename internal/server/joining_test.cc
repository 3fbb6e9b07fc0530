// A node joins another over HTTP: two nodes in one process, each with its listener on loopback; only Raft is left out.
#include "internal/server/joining.h"

#include <gtest/gtest.h>

#include "internal/api/client.h"
#include "internal/cluster/join.h"
#include "internal/codec/encoding.h"
#include "internal/http/server.h"
#include "internal/testing/fake_cluster.h"
#include "internal/testing/test_core.h"

namespace bao::server {
namespace {

using codec::Json;
using testing::FakeCluster;
using testing::TestCore;

std::unique_ptr<seal::Wrapper> static_seal(char letter) {
  return seal::static_wrapper({"k1", base::SecretBytes(std::string(32, letter))}, {});
}

core::CoreOptions options_with(core::Cluster& cluster, std::unique_ptr<seal::Wrapper> auto_seal) {
  core::CoreOptions options;
  options.cluster = &cluster;
  options.auto_seal = std::move(auto_seal);
  return options;
}

std::vector<http::ListenerOptions> on_loopback() {
  http::ListenerOptions options;
  options.address = "127.0.0.1:0";
  options.tls = false;
  return {options};
}

// A node with its cluster, its core and its listener.
class Node {
 public:
  Node(const std::string& name, uint64_t number, char seal)
      : Node(name, number, FakeCluster::State::leading, TestCore::State::unsealed, seal) {}
  static std::unique_ptr<Node> empty(const std::string& name, uint64_t number, char seal) {
    return std::unique_ptr<Node>(new Node(name, number, FakeCluster::State::unformed, TestCore::State::empty, seal));
  }
  std::string address() const { return "http://" + front_.addresses().front(); }
  FakeCluster& cluster() { return cluster_; }
  cluster::Joiner& joiner() { return joiner_; }
  TestCore& core() { return core_; }
  // "200 {…}", or the status and what is wrong.
  std::string post(const std::string& path, const Json& body) {
    api::ClientOptions options;
    options.address = address();
    options.retries_max = 0;
    api::Client client(std::move(options));
    const auto response = client.send({"POST", "/v1/" + path, {}, codec::write_json(body), ""});
    return response.ok() ? std::to_string(response->status) + " " + response->body : response.error().message();
  }
  std::string join(const std::string& leader) {
    return post("sys/storage/raft/join", Json::object({{"leader_api_addr", leader}, {"retry", false}}));
  }

 private:
  // seal ' ': Shamir.
  Node(const std::string& name, uint64_t number, FakeCluster::State belongs, TestCore::State state, char seal)
      : seal_(seal == ' ' ? nullptr : static_seal(seal)), cluster_(name, number, belongs),
        core_(state, options_with(cluster_, seal == ' ' ? nullptr : static_seal(seal))), joiner_(cluster_, joiner_options()),
        front_(core_.core(), on_loopback(), &joiner_) {
    EXPECT_TRUE(front_.start().ok());
  }
  cluster::JoinerOptions joiner_options() const {
    cluster::JoinerOptions options;
    options.auto_seal = seal_.get();
    options.pause = std::chrono::milliseconds(1);
    return options;
  }

  const std::unique_ptr<seal::Wrapper> seal_;
  FakeCluster cluster_;
  TestCore core_;
  cluster::Joiner joiner_;
  http::Server front_;
};

TEST(Joining, ANodeOfTheSameSealJoins) {
  Node leader("node1", 1, 's');
  const auto node = Node::empty("node2", 2, 's');
  EXPECT_EQ(node->join(leader.address()), "200 {\"joined\":true}\n");
  EXPECT_EQ(node->cluster().joined().cluster_id, "fake-cluster");
  ASSERT_EQ(leader.cluster().members()->size(), 2u);
  EXPECT_EQ(leader.cluster().members().value()[1].record, FakeCluster::record_of("node2", 2));
}

TEST(Joining, AnotherKeyIsTurnedAway) {
  Node leader("node1", 1, 's');
  const auto node = Node::empty("node2", 2, 'x');
  EXPECT_TRUE(node->join(leader.address()).starts_with("500 {\"errors\":[\"failed to join raft cluster: the challenge does not open"));
  EXPECT_EQ(leader.cluster().members()->size(), 1u);
  EXPECT_FALSE(node->cluster().formed());
}

TEST(Joining, WithShamirTheLeadersUnsealKeyLetsItIn) {
  Node leader("node1", 1, ' ');
  const auto node = Node::empty("node2", 2, ' ');
  EXPECT_EQ(node->join(leader.address()), "200 {\"joined\":true}\n");
  ASSERT_TRUE(node->joiner().awaits_key());
  EXPECT_EQ(node->joiner().awaits_key()->threshold, 1);
  EXPECT_EQ(leader.cluster().members()->size(), 1u);
  const auto key = codec::from_hex(leader.core().share());
  ASSERT_TRUE(node->joiner().complete(base::SecretBytes(*key)).ok());
  node->cluster().await_formed();
  EXPECT_EQ(leader.cluster().members()->size(), 2u);
}

TEST(Joining, WhatIsAskedForIsChecked) {
  const auto node = Node::empty("node2", 2, 's');
  const auto join = [&](const Json& body) { return node->post("sys/storage/raft/join", body); };
  EXPECT_EQ(join(Json::object()), "400 {\"errors\":[\"leader_api_addr is missing: the address of a node of the cluster\"]}\n");
  EXPECT_EQ(join(Json::object({{"auto_join", "provider=aws"}})),
            "400 {\"errors\":[\"auto_join is not there: name a node of the cluster by leader_api_addr\"]}\n");
  EXPECT_TRUE(join(Json::object({{"leader_api_addr", 1}})).starts_with("400 "));
  EXPECT_TRUE(join(Json::object({{"leader_api_addr", "https://127.0.0.1:1"}, {"leader_ca_cert", "no PEM"}})).starts_with("400 "));
  EXPECT_TRUE(join(Json::object({{"leader_api_addr", "http://127.0.0.1:1"}})).starts_with("500 {\"errors\":[\"failed to join raft cluster: "));
}

TEST(Joining, ALeaderJoinsNobody) {
  Node leader("node1", 1, 's'), other("node3", 3, 's');
  EXPECT_TRUE(leader.join(other.address()).starts_with("400 {\"errors\":[\"this node is a member of a cluster already"));
}

TEST(Joining, TheConfigurationSaysWhomToAsk) {
  Node leader("node1", 1, 's');
  const auto node = Node::empty("node2", 2, 's');
  config::Storage storage;
  storage.retry_join.resize(2);
  storage.retry_join[0].address = "http://127.0.0.1:1";
  storage.retry_join[1].address = leader.address();
  node->joiner().start(join_targets(storage).value(), storage.retry_join_as_non_voter);
  node->cluster().await_formed();
  EXPECT_EQ(leader.cluster().members()->size(), 2u);
}

TEST(Joining, ANonVoterOfNothingIsAMistake) {
  config::Storage storage;
  storage.retry_join_as_non_voter = true;
  EXPECT_FALSE(join_targets(storage).ok());
}

}  // namespace
}  // namespace bao::server
