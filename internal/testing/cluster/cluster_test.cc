// Members with real files, threads and connections agree, outlive the one that leads, and take it and new ones in.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <thread>

#include "internal/base/log.h"
#include "internal/testing/cluster/member.h"

namespace bao::testing::cluster {
namespace {

using base::Index;
using raft::NodeId;

class ClusterTest : public ::testing::Test {
 protected:
  ClusterTest() {
    base::set_log_level(base::LogLevel::error);
    std::string pattern = ::testing::TempDir() + "cluster-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~ClusterTest() override {
    members.clear();
    std::filesystem::remove_all(folder_);
  }

  // `size` voters; member 1 leads.
  void found(uint64_t size) {
    std::map<NodeId, std::string> contexts;
    for (uint64_t id = 1; id <= size; ++id) contexts[NodeId{id}] = "node";
    first_ = *raft::first_configuration(contexts);
    for (uint64_t id = 1; id <= size; ++id) start(id);
    members[1]->driver().campaign();
    wait([&] { return leader() != 0; });
  }
  // With the folder that it had before, or a new one; at another port than before.
  void start(uint64_t id) {
    const std::string own = folder_ + "/" + std::to_string(id);
    std::filesystem::create_directories(own);
    MemberOptions options{own, NodeId{id}, {}, credentials_of(id, own)};
    if (first_.contains(NodeId{id})) options.first = first_;
    options.trailing.entries = 10;
    options.tick = std::chrono::milliseconds(5);
    options.upkeep = std::chrono::milliseconds(20);
    auto member = Member::start(std::move(options));
    ASSERT_TRUE(member.ok()) << member.error().message();
    members[id] = std::move(*member);
    raft::Peers peers;
    for (const auto& [each, known] : members) peers[NodeId{each}] = known->as_peer();
    for (const auto& [each, known] : members) known->introduce(peers);
  }
  void stop(uint64_t id) { members.erase(id); }
  static void wait(const std::function<bool()>& happened) {
    while (!happened()) std::this_thread::yield();
  }
  static Index log_begins(Member& member) { return member.driver().status()->view.start.position.index; }
  // 0: nobody, so far.
  uint64_t leader() {
    for (const auto& [id, member] : members) {
      const auto status = member->driver().status();
      if (status.ok() && status->view.role == raft::Role::leader && status->view.term_committed) return id;
    }
    return 0;
  }
  // Through whoever leads, until it is done.
  Index put(const std::string& key, const std::string& value) {
    while (true) {
      for (const auto& [id, member] : members)
        if (const auto index = member->put(key, value); index.ok()) return *index;
      std::this_thread::yield();
    }
  }
  void change(const raft::ConfigurationChange& change) {
    wait([&] {
      const uint64_t id = leader();
      return id != 0 && members[id]->driver().change(change).ok();
    });
  }
  void wait_until_applied(Index index) {
    for (const auto& [id, member] : members) wait([&] { return member->driver().applied() >= index; });
  }
  // Position, chain, configuration, apply hash and every record; the same on all.
  void expect_all_alike() {
    std::optional<raft::SnapshotMeta> meta;
    std::string records;
    for (const auto& [id, member] : members) {
      const auto reader = member->snapshot();
      ASSERT_TRUE(reader.ok());
      const auto piece = (*reader)->read("");
      ASSERT_TRUE(piece.ok() && piece->last) << "one piece holds all that this test writes";
      if (meta) {
        EXPECT_EQ((*reader)->meta(), *meta) << "member " << id;
        EXPECT_TRUE(piece->records == records) << "member " << id;
      }
      meta = (*reader)->meta();
      records = piece->records;
    }
  }

  std::map<uint64_t, std::unique_ptr<Member>> members;

 private:
  raft::TransportCredentials credentials_of(uint64_t id, const std::string& own) {
    if (!credentials_.contains(id)) credentials_.emplace(id, *make_credentials(own));
    const auto& kept = credentials_.at(id);
    return {kept.certificate, kept.private_key.clone()};
  }

  std::string folder_;
  raft::Configuration first_;
  std::map<uint64_t, raft::TransportCredentials> credentials_;
};

TEST_F(ClusterTest, ThreeMembersOutliveTheirLeaderAndTakeItBack) {
  found(3);
  for (int i = 0; i < 20; ++i) put("before" + std::to_string(i), "1");
  wait_until_applied(put("all", "1"));
  expect_all_alike();

  const uint64_t old_leader = leader();
  stop(old_leader);
  for (int i = 0; i < 20; ++i) put("without" + std::to_string(i), "2");
  EXPECT_NE(leader(), old_leader);

  start(old_leader);
  wait_until_applied(put("again", "3"));
  expect_all_alike();
}

// The log is short, and every state is durable up to where it was opened: what a new member lacks is gone from the logs.
TEST_F(ClusterTest, AMemberThatJoinsGetsASnapshotAndThenVotes) {
  found(3);
  for (int i = 0; i < 60; ++i) put("k" + std::to_string(i), std::string(1000, 'v'));
  for (uint64_t id = 1; id <= 3; ++id) {
    stop(id);
    start(id);
  }
  for (const auto& [id, member] : members) wait([&] { return log_begins(*member) > Index{20}; });

  start(4);
  change({{raft::ChangeStep::Kind::add_learner, NodeId{4}, "node"}});
  wait([&] { return members[4]->driver().applied() > Index{}; });
  wait_until_applied(put("learner", "1"));  // an entry after the snapshot
  EXPECT_GT(log_begins(*members[4]), Index{20}) << "it never saw those entries";
  expect_all_alike();

  change({{raft::ChangeStep::Kind::promote, NodeId{4}, ""}});
  wait([&] { return members[4]->driver().status()->configuration.votes(NodeId{4}); });
  stop(leader());  // three of four are left, and three must agree: it is needed
  wait_until_applied(put("voter", "2"));
  expect_all_alike();
}

TEST_F(ClusterTest, EveryMemberConfirmsReadsOfWhatWasAcknowledged) {
  found(3);
  const Index last = put("a", "1");
  for (const auto& [id, member] : members) {
    wait([&] {
      const auto index = member->driver().read_index();
      EXPECT_TRUE(!index.ok() || *index >= last);
      return index.ok();
    });
    EXPECT_GE(member->driver().applied(), last);
  }
}

TEST_F(ClusterTest, TheLeaderStopsWhileTheOthersPropose) {
  found(3);
  std::atomic<bool> enough{false};
  std::vector<std::thread> proposers;
  for (uint64_t id = 2; id <= 3; ++id) {
    proposers.emplace_back([&, member = members[id].get()] {
      for (int i = 0; !enough; ++i) (void)member->put("k" + std::to_string(i), "v");
    });
  }
  for (int i = 0; i < 20; ++i) put("x", "y");
  stop(1);
  put("x", "z");
  enough = true;
  for (std::thread& proposer : proposers) proposer.join();
  wait_until_applied(put("last", "1"));
  expect_all_alike();
}

}  // namespace
}  // namespace bao::testing::cluster
