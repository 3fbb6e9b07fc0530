// `bao operator raft …`, `members`, `step-down` and `bao debug policy` against a node of three over HTTP: what operators read, word by
// word; where the reference's command line has it, as that prints it.
#include <gtest/gtest.h>

#include <cstdlib>

#include "internal/base/log.h"
#include "internal/cli/cli.h"
#include "internal/http/server.h"
#include "internal/testing/fake_cluster.h"
#include "internal/testing/test_core.h"

namespace bao::server {
namespace {

using testing::FakeCluster;
using testing::TestCore;

core::CoreOptions options_with(core::Cluster& cluster) {
  core::CoreOptions options;
  options.cluster = &cluster;
  return options;
}

std::vector<http::ListenerOptions> on_loopback() {
  http::ListenerOptions options;
  options.address = "127.0.0.1:0";
  options.tls = false;
  return {options};
}

class ClusterCommands : public ::testing::Test {
 protected:
  ClusterCommands() {
    base::set_log_level(base::LogLevel::off);  // what fails is told there as well, in the midst of what the command says
    for (uint64_t number : {2u, 3u}) {
      cluster_.add({FakeCluster::record_of("node" + std::to_string(number), number), false, true, 100, true});
    }
    EXPECT_TRUE(front_.start().ok());
    address_ = "http://" + front_.addresses().front();
  }
  // Exit status, stdout and stderr, as one text.
  std::string run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "operator");
    return run_bao(arguments);
  }
  std::string run_bao(const std::vector<std::string>& arguments) {
    setenv("BAO_TOKEN", node_.root_token().c_str(), 1);
    setenv("BAO_ADDR", address_.c_str(), 1);
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    const int status = cli::run(arguments, {});
    std::fflush(stdout);
    const std::string out = ::testing::internal::GetCapturedStdout();
    return std::to_string(status) + "\n" + out + ::testing::internal::GetCapturedStderr();
  }

  FakeCluster cluster_{"node1", 1};
  TestCore node_{TestCore::State::unsealed, options_with(cluster_)};
  http::Server front_{node_.core(), on_loopback()};
  std::string address_;
};

TEST_F(ClusterCommands, ListPeers) {
  EXPECT_EQ(run({"raft", "list-peers"}),
            "0\n"
            "Node     Address           State       Voter\n"
            "----     -------           -----       -----\n"
            "node1    127.0.0.1:8202    leader      true\n"
            "node2    127.0.0.1:8203    follower    true\n"
            "node3    127.0.0.1:8204    follower    true\n");
}

TEST_F(ClusterCommands, APolicyIsExplained) {
  ASSERT_TRUE(node_.write("sys/policies/acl/app", R"({"policy":"path \"secret/*\" { capabilities = [\"read\", \"list\"] }"})").ok());
  const std::string token = node_.create_token(R"({"policies":["app"]})");
  const std::string rules =
      "\n\nPolicy    Path        Capabilities\n"
      "------    ----        ------------\n"
      "app       secret/*    list, read\n";
  EXPECT_EQ(run_bao({"debug", "policy", token, "GET", "secret/a"}), "0\nread secret/a: allowed by app" + rules);
  EXPECT_EQ(run_bao({"debug", "policy", token, "put", "secret/a"}),
            "2\ncreate secret/a: refused: no policy grants this capability on the path" + rules + "\n"
            "update secret/a: refused: no policy grants this capability on the path" + rules);
  EXPECT_EQ(run_bao({"debug", "policy", token, "DELETE", "other"}),
            "2\ndelete other: refused: no policy of the token has a rule for this path\nPolicies of the token: app, default\n");
  EXPECT_EQ(run_bao({"debug", "policy", "list", "sys/mounts"}), "0\nlist sys/mounts: allowed by root\nPolicies of the token: root\n");
  EXPECT_EQ(run_bao({"debug", "policy", "own", "x"}), "1\nUnknown method \"own\"\n");
}

TEST_F(ClusterCommands, VotesAndRemoval) {
  EXPECT_EQ(run({"raft", "demote", "node3"}), "0\nServer demoted successfully!\n");
  EXPECT_EQ(run({"raft", "promote", "node3"}), "0\nServer promoted successfully!\n");
  EXPECT_EQ(run({"raft", "remove-peer", "node3"}), "0\nPeer removed successfully!\n");
  EXPECT_EQ(run({"raft", "remove-peer", "node9"}), "0\nPeer removed successfully!\n");
  EXPECT_EQ(run({"raft", "promote", "node9"}),
            "2\nError promoting server: Error making API request.\n\nURL: PUT " + address_ +
                "/v1/sys/storage/raft/promote\nCode: 500. Errors:\n\n* 1 error occurred:\n\t* server is not a non-voter\n\n\n");
  EXPECT_EQ(cluster_.members()->size(), 2u);
}

TEST_F(ClusterCommands, AutopilotConfiguration) {
  EXPECT_EQ(run({"raft", "autopilot", "set-config", "-max-trailing-logs=900", "-last-contact-threshold=12s"}), "0\n");
  EXPECT_EQ(run({"raft", "autopilot", "get-config"}),
            "0\n"
            "Key                                   Value\n"
            "---                                   -----\n"
            "Cleanup Dead Servers                  false\n"
            "Last Contact Threshold                12s\n"
            "Dead Server Last Contact Threshold    24h0m0s\n"
            "Server Stabilization Time             10s\n"
            "Min Quorum                            0\n"
            "Max Trailing Logs                     900\n");
  EXPECT_EQ(run({"raft", "autopilot", "get-config", "-format=json"}),
            "0\n{\n"
            "  \"cleanup_dead_servers\": false,\n"
            "  \"dead_server_last_contact_threshold\": \"24h0m0s\",\n"
            "  \"last_contact_threshold\": \"12s\",\n"
            "  \"max_trailing_logs\": 900,\n"
            "  \"min_quorum\": 0,\n"
            "  \"server_stabilization_time\": \"10s\"\n"
            "}\n");
}

TEST_F(ClusterCommands, AutopilotState) {
  const std::string text = run({"raft", "autopilot", "state"});
  EXPECT_EQ(text.substr(0, text.find("   node2\n      Name:")),
            "0\n"
            "Healthy:                         true\n"
            "Failure Tolerance:               1\n"
            "Leader:                          node1\n"
            "Voters:\n"
            "   node1\n"
            "   node2\n"
            "   node3\n"
            "Servers:\n"
            "   node1\n"
            "      Name:              node1\n"
            "      Address:           127.0.0.1:8202\n"
            "      Status:            leader\n"
            "      Node Status:       alive\n"
            "      Healthy:           true\n"
            "      Last Contact:      0s\n"
            "      Last Term:         3\n"
            "      Last Index:        100\n"
            "      Version:           2.6.2\n"
            "      Node Type:         voter\n");
  EXPECT_NE(run({"raft", "autopilot", "state", "-format=json"}).find("  \"FailureTolerance\": 1,\n"), std::string::npos);
}

TEST_F(ClusterCommands, Members) {
  const std::string text = run({"members"});
  EXPECT_EQ(text.find("0\nHost Name"), 0u) << text;
  EXPECT_NE(text.find("    http://127.0.0.1:18202    https://127.0.0.1:8203    false          2.6.2      2.6.2              2025-12-18T00:00:00Z\n"),
            std::string::npos) << text;
  EXPECT_NE(text.find("    true           2.6.2      2.6.2              n/a\n"), std::string::npos) << text;
}

TEST_F(ClusterCommands, StepDown) {
  const std::string text = run({"step-down"});
  EXPECT_EQ(text.find("0\nSuccess! Stepped down: " + address_ + "\n"), 0u) << text;  // the node's own log follows
  EXPECT_EQ(cluster_.hand_overs(), 1);
}

TEST_F(ClusterCommands, JoinWhereThereIsNoClusterToJoin) {
  EXPECT_EQ(run({"raft", "join", "http://127.0.0.1:1"}),
            "2\nError joining the node to the Raft cluster: Error making API request.\n\nURL: POST " + address_ +
                "/v1/sys/storage/raft/join\nCode: 500. Errors:\n\n* raft backend not in use\n");
}

}  // namespace
}  // namespace bao::server
