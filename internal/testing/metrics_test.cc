// The metrics that dashboards and alerts are built on: their names are a promise (core/system/README.md lists them).
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "internal/testing/fake_cluster.h"
#include "internal/testing/test_core.h"

namespace bao::testing {
namespace {

using codec::Json;

core::CoreOptions with(core::Cluster& cluster) {
  core::CoreOptions options;
  options.cluster = &cluster;
  options.ha_enabled = true;
  return options;
}

class Metrics : public ::testing::Test {
 protected:
  Metrics() : node_(TestCore::State::unsealed, with(cluster_)) {
    core::ClusterMember other;
    other.record = FakeCluster::record_of("node2", 2);
    other.votes = other.reached_lately = true;
    other.applied = 60;
    other.lag = std::chrono::milliseconds(120);
    cluster_.add(other);
  }
  std::string body(const std::string& format) {
    logical::Request request = node_.request(logical::Operation::read, "sys/metrics");
    request.data = Json::object({{"format", format}});
    const auto reply = node_.handle(std::move(request));
    EXPECT_TRUE(reply.ok() && reply->raw);
    return reply.ok() && reply->raw ? reply->raw->body : "";
  }
  // Values by name of what JSON shows; "name{label=value}" where there are labels.
  std::map<std::string, int64_t> values() {
    std::map<std::string, int64_t> all;
    const auto json = codec::parse_json(body(""));
    EXPECT_TRUE(json.ok());
    for (const auto& [group, member] : {std::pair{"Gauges", "Value"}, std::pair{"Counters", "Count"}}) {
      for (const Json& one : (*json)[group].items()) {
        std::string name = one["Name"].as_string();
        if (one["Labels"].size() > 0) name += codec::write_json(one["Labels"]);
        all[name] = *one[member].as_int();
      }
    }
    return all;
  }

  FakeCluster cluster_{"node1", 1};
  TestCore node_;
};

// R-59: metrics were missing or never went down
TEST_F(Metrics, ThoseThatTheDocumentNamesAreThereFromTheStart) {
  std::ifstream document("internal/core/system/README.md");
  std::stringstream text;
  text << document.rdbuf();
  const auto all = values();
  std::set<std::string> shown;
  for (const auto& [name, value] : all) shown.insert(name.substr(0, name.find('{')));
  int listed = 0;
  std::string line;
  while (std::getline(text, line)) {
    if (!line.starts_with("| `bao.")) continue;
    const std::string name = line.substr(3, line.find('`', 3) - 3);
    ++listed;
    // These come with their first event.
    if (name == "bao.forward.requests" || name.starts_with("bao.cache.") || name.starts_with("bao.quota.")) continue;
    EXPECT_TRUE(shown.contains(name)) << name;
  }
  EXPECT_GE(listed, 30);
}

TEST_F(Metrics, ALeaderShowsHowFarTheOthersAre) {
  const auto all = values();
  EXPECT_EQ(all.at("bao.core.active"), 1);
  EXPECT_EQ(all.at("bao.raft.leads"), 1);
  EXPECT_EQ(all.at("bao.raft.served_index"), 100);
  EXPECT_EQ(all.at("bao.raft.voters"), 2);
  EXPECT_EQ(all.at(R"(bao.raft.peer.lag_entries{"peer":"node2"})"), 40);
  EXPECT_EQ(all.at(R"(bao.raft.peer.lag_milliseconds{"peer":"node2"})"), 120);
}

// R-59: metrics were missing or never went down
TEST_F(Metrics, ThoseThatCanFallDo) {
  ASSERT_TRUE(node_.write("sys/policies/acl/p", R"({"policy":"path \"a\" { capabilities = [\"read\"] }"})").ok());
  const std::string token = node_.create_token(R"({"policies":["p"]})");
  EXPECT_EQ(node_.read("a", token).error().code(), base::Code::absent);
  ASSERT_TRUE(node_.write("sys/node/invalidations").ok());  // counts what is kept
  const auto many = values();
  ASSERT_TRUE(node_.remove("sys/policies/acl/p").ok());
  ASSERT_TRUE(node_.write("sys/node/invalidations").ok());
  const auto few = values();
  constexpr char kPolicies[] = R"(bao.cache.objects{"cache":"policies"})";
  EXPECT_LT(few.at(kPolicies), many.at(kPolicies));
  ASSERT_TRUE(cluster_.remove_member("node2").ok());
  const auto alone = values();
  EXPECT_EQ(alone.at("bao.raft.members"), many.at("bao.raft.members") - 1);
  EXPECT_EQ(alone.at("bao.raft.voters"), 1);
  EXPECT_FALSE(alone.contains(R"(bao.raft.peer.lag_entries{"peer":"node2"})")) << "it would stand there for ever";
  ASSERT_TRUE(cluster_.hand_over().ok());
  while (node_.core().active()) std::this_thread::yield();
  const auto standby = values();
  EXPECT_EQ(standby.at("bao.core.active"), 0);
  EXPECT_EQ(standby.at("bao.raft.leads"), 0);
}

TEST_F(Metrics, PrometheusReadsTypesLabelsAndValues) {
  const std::string text = body("prometheus");
  EXPECT_NE(text.find("# TYPE bao_core_role_changes counter\nbao_core_role_changes "), std::string::npos) << text;
  EXPECT_NE(text.find("# TYPE bao_raft_peer_lag_entries gauge\nbao_raft_peer_lag_entries{peer=\"node2\"} 40\n"), std::string::npos) << text;
  EXPECT_NE(text.find("bao_invalidation_marks{owner=\"policy\"} "), std::string::npos) << text;
  std::istringstream lines(text);
  std::string line, before;
  std::set<std::string> types;
  while (std::getline(lines, line)) {
    if (!line.starts_with("# TYPE ")) continue;
    EXPECT_TRUE(types.insert(line).second) << "said twice: " << line;
  }
}

TEST_F(Metrics, DetailsOfTheClusterAreShownToWhoeverAsksForThem) {
  logical::Request request = node_.request(logical::Operation::read, "sys/ha-status");
  request.data = Json::object({{"detailed", "true"}});
  const auto detailed = node_.handle(std::move(request));
  ASSERT_TRUE(detailed.ok()) << detailed.error().message();
  const Json& other = (*detailed->data)["nodes"].items().at(1);
  EXPECT_EQ(other["node_id"].as_string(), "node2");
  EXPECT_EQ(other["lag_entries"].text(), "40");
  EXPECT_EQ(other["lag_milliseconds"].text(), "120");
  EXPECT_TRUE(other["reached"].as_bool());
  const auto plain = node_.read("sys/ha-status");
  EXPECT_TRUE((*plain->data)["nodes"].items().at(1)["node_id"].is_null()) << "clients of the reference compare answers";
}

}  // namespace
}  // namespace bao::testing
