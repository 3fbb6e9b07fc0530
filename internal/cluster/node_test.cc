// Nodes of one process as members of a cluster: real files, threads and connections. They move to other addresses, one by one and all
// at once, and change their keys without ceasing to be who they are; those that are left when most are lost go on.
#include "internal/cluster/node.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <thread>

#include "internal/base/log.h"
#include "internal/core/ha/autopilot.h"

namespace bao::cluster {
namespace {

using core::ClusterMember;

// That no connection goes out from, so nobody takes it before the node does.
std::string fresh_address(int number) {
  static int port = 20'000;
  const int process = getpid();
  return "127." + std::to_string(1 + process % 250) + "." + std::to_string(process / 250 % 250) + "." + std::to_string(number) + ":" +
         std::to_string(++port);
}

bool listens(const std::string& address) {
  const size_t colon = address.rfind(':');
  sockaddr_in to{};
  to.sin_family = AF_INET;
  inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr);
  to.sin_port = htons(static_cast<uint16_t>(std::stoi(address.substr(colon + 1))));
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool connected = connect(descriptor, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
  close(descriptor);
  return connected;
}

class NodeTest : public ::testing::Test {
 protected:
  NodeTest() {
    base::set_log_level(base::LogLevel::error);
    std::string pattern = ::testing::TempDir() + "node-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~NodeTest() override {
    nodes.clear();
    std::filesystem::remove_all(folder_);
  }

  std::string folder_of(int number) const { return folder_ + "/" + std::to_string(number); }
  // Opens it, at an address that it never had before, sealed.
  base::Status open_sealed(int number) { return open_sealed(number, fresh_address(number)); }
  base::Status open_sealed(int number, const std::string& address) {
    std::filesystem::create_directories(folder_of(number));
    NodeOptions options;
    options.folder = folder_of(number);
    options.name = "n" + std::to_string(number);
    options.listen_address = options.cluster_address = addresses[number] = address;
    options.key_life = key_life;
    options.key_overlap = std::chrono::milliseconds(100);
    options.api_address = "http://" + options.cluster_address;
    auto opened = Node::open(std::move(options));
    if (!opened.ok()) return opened.error();
    nodes[number] = std::move(*opened);
    return {};
  }
  void unseal(int number) {
    const core::KeySealing sealing{[this](const std::string& clear) -> base::Result<std::string> {
                                     if (while_sealing) while_sealing();
                                     return "sealed" + clear;
                                   },
                                   [](const std::string& sealed) -> base::Result<std::string> { return sealed.substr(6); }};
    const base::Status opened = static_cast<core::Cluster&>(*nodes[number]).open(sealing);
    EXPECT_TRUE(opened.ok()) << opened.error().message();
  }
  void start(int number) {
    const base::Status opened = open_sealed(number);
    ASSERT_TRUE(opened.ok()) << opened.error().message();
    unseal(number);
  }
  // Where it was before.
  void restart(int number) {
    const base::Status opened = open_sealed(number, addresses[number]);
    ASSERT_TRUE(opened.ok()) << opened.error().message();
    unseal(number);
  }
  void join(int number) {
    ASSERT_TRUE(open_sealed(number).ok());
    wait([&] { return nodes[1]->add_member(*nodes[number]->self(), false).ok(); });
    ASSERT_TRUE(nodes[number]->join(*nodes[1]->invitation()).ok());
    unseal(number);
  }
  void found(int size) {
    ASSERT_TRUE(open_sealed(1).ok());
    ASSERT_TRUE(nodes[1]->form().ok());
    unseal(1);
    core::AutopilotSettings quick;
    quick.stabilization = std::chrono::milliseconds(1);
    nodes[1]->set_autopilot(core::effective(quick));
    for (int number = 2; number <= size; ++number) join(number);
    wait([&] { return votes(1) == size; });
    wait([&] { return put("all vote"); });  // and with it the configuration; the end of its joint phase follows
    wait_until_settled();                   // which this write comes behind
  }
  int votes(int number) {
    int count = 0;
    for (const ClusterMember& member : members(number)) count += member.votes;
    return count;
  }
  std::vector<ClusterMember> members(int number) {
    auto known = nodes[number]->members();
    return known.ok() ? *known : std::vector<ClusterMember>{};
  }
  // As that node's configuration has it.
  core::MemberRecord record(int of, int number) {
    for (const ClusterMember& member : members(number))
      if (member.record.name == "n" + std::to_string(of)) return member.record;
    return {};
  }
  static void wait(const std::function<bool()>& happened) {
    while (!happened()) std::this_thread::yield();
  }
  // 0: nobody, so far.
  int leader() {
    for (const auto& [number, node] : nodes)
      if (node->role().leads) return number;
    return 0;
  }
  bool put(const std::string& key) {
    const int number = leader();
    if (number == 0) return false;
    storage::Proposal proposal;
    proposal.operations.push_back({storage::Operation::Kind::put, key, "value", "", ""});
    return nodes[number]->storage().propose(std::move(proposal)).ok();
  }
  // Everybody agrees on the leader, has what was written and knows where everybody is.
  void wait_until_settled() {
    wait([&] { return put("settled"); });
    wait([&] {
      for (const auto& [number, node] : nodes) {
        const int leads = leader();
        if (node->role().leader.id == 0 || leads == 0 || node->storage().applied() < nodes[leads]->storage().applied()) return false;
        for (const auto& [of, address] : addresses)
          if (record(of, number).cluster_address != address) return false;
      }
      return true;
    });
  }

  std::map<int, std::unique_ptr<Node>> nodes;
  std::map<int, std::string> addresses;
  base::Duration key_life{std::chrono::hours(24)};
  std::function<void()> while_sealing;  // a key, for its file

 private:
  std::string folder_;
};

TEST_F(NodeTest, AMemberThatMovedTellsTheOthers) {
  found(3);
  for (int number : {3, 1, 2}) {  // one after the other, whoever leads
    const core::MemberRecord before = record(number, number);
    nodes.erase(number);
    start(number);
    wait_until_settled();
    const core::MemberRecord after = record(number, number);
    EXPECT_EQ(after.id, before.id);
    EXPECT_EQ(after.certificate, before.certificate);
    EXPECT_EQ(after.api_address, "http://" + addresses[number]);
    EXPECT_EQ(votes(number), 3);
  }
}

// Nobody knows anybody's address any more. One is told where one other is, and that one where the third is.
TEST_F(NodeTest, AllMoveAtOnceAndFindEachOther) {
  found(3);
  const uint64_t second = record(2, 1).id, third = record(3, 1).id;
  nodes.clear();
  for (int number : {1, 2, 3}) start(number);
  wait([&] {
    nodes[1]->may_be_at(second, addresses[2]);
    nodes[2]->may_be_at(third, addresses[3]);
    return leader() != 0;
  });
  wait_until_settled();
  EXPECT_EQ(votes(1), 3);
  EXPECT_EQ(record(2, 3).id, second);
}

TEST_F(NodeTest, ASealedNodeIsSilentAndComesBackWithItsKey) {
  found(3);
  const std::string certificate = record(3, 1).certificate;
  nodes[3]->close(std::chrono::milliseconds(0));
  wait([&] { return put("without"); });
  wait([&] { return !listens(addresses[3]); });
  unseal(3);
  wait_until_settled();
  EXPECT_EQ(record(3, 1).certificate, certificate);
}

TEST_F(NodeTest, ALoneNodeThatMovedSaysSo) {
  found(1);
  nodes.clear();
  start(1);
  wait_until_settled();
}

TEST_F(NodeTest, KeysAreExchangedWhileEverybodyWrites) {
  key_life = std::chrono::nanoseconds(1);  // always due
  found(3);
  std::map<int, std::string> first;
  for (int number : {1, 2, 3}) first[number] = record(number, 1).certificate;
  const std::string epoch = *nodes[1]->epoch();
  int written = 0;
  wait([&] {
    written += put("k" + std::to_string(written));
    for (int number : {1, 2, 3})
      if (const std::string now = record(number, 1).certificate; now == first[number] || now.empty()) return false;
    return true;
  });
  EXPECT_GT(written, 10);
  key_life = std::chrono::hours(24);
  for (int number : {3, 1, 2}) {  // wherever in its exchange it is
    nodes.erase(number);
    restart(number);
  }
  wait_until_settled();
  EXPECT_EQ(*nodes[1]->epoch(), epoch);
}

TEST_F(NodeTest, IsAskedWhileItsKeyIsWritten) {
  bool leads = false;
  while_sealing = [&] { leads = nodes[1]->role().leads; };
  found(1);
  EXPECT_TRUE(leads);
}

class Recovery : public NodeTest {
 protected:
  // peers.json, alike on each of these: they are the members from now on, at the addresses that they will have.
  void recover(const std::vector<int>& numbers) {
    std::string list;
    for (int number : numbers) {
      addresses[number] = fresh_address(number);
      list += (list.empty() ? "" : ", ") + ("{\"id\": \"n" + std::to_string(number) + "\", \"address\": \"" + addresses[number] + "\"}");
    }
    for (int number : numbers) {
      std::filesystem::create_directories(folder_of(number) + "/raft");
      std::ofstream(folder_of(number) + "/raft/peers.json") << "[" << list << "]";
    }
  }
};

TEST_F(Recovery, OneOfThreeGoesOnAloneAndTakesOthersIn) {
  found(3);
  wait([&] { return put("before"); });
  wait_until_settled();
  const std::string epoch = *nodes[1]->epoch();
  nodes.clear();
  addresses = {};
  recover({2});
  restart(2);
  wait([&] { return put("after"); });
  wait([&] { return *nodes[2]->epoch() != epoch && !std::filesystem::exists(folder_of(2) + "/raft/peers.recovering"); });
  EXPECT_FALSE(std::filesystem::exists(folder_of(2) + "/raft/peers.json"));
  EXPECT_EQ(members(2).size(), 1u);
  EXPECT_TRUE(nodes[2]->storage().snapshot()->get("before")->has_value());
  const std::string recovered = *nodes[2]->epoch();
  nodes.clear();
  restart(2);
  wait([&] { return put("again"); });
  EXPECT_EQ(*nodes[2]->epoch(), recovered) << "once";
  EXPECT_EQ(members(2).size(), 1u);
}

TEST_F(Recovery, TwoOfFiveGoOnTogether) {
  found(5);
  wait([&] { return put("before"); });
  wait_until_settled();
  const std::string epoch = *nodes[1]->epoch();
  nodes.clear();
  addresses = {};
  recover({4, 5});
  restart(4);
  restart(5);
  wait_until_settled();
  wait([&] { return *nodes[4]->epoch() != epoch && *nodes[4]->epoch() == *nodes[5]->epoch(); });
  EXPECT_EQ(votes(4), 2);
  EXPECT_EQ(members(5).size(), 2u);
  nodes.erase(4);
  nodes.erase(5);
  restart(4);
  restart(5);
  wait_until_settled();
  EXPECT_EQ(members(4).size(), 2u);
}

TEST_F(Recovery, AFileThatCannotBeIsRefused) {
  found(1);
  nodes.clear();
  recover({2});
  recover({1});
  std::filesystem::copy_file(folder_of(2) + "/raft/peers.json", folder_of(1) + "/raft/peers.json", std::filesystem::copy_options::overwrite_existing);
  const base::Status opened = open_sealed(1);
  ASSERT_FALSE(opened.ok());
  EXPECT_NE(opened.error().message().find("raft/peers.json: nobody of the name n2 was a member"), std::string::npos) << opened.error().message();
  EXPECT_NE(open_sealed(2).error().message().find("this node belongs to no cluster"), std::string::npos);
}

}  // namespace
}  // namespace bao::cluster
