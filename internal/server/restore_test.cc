// Restoring snapshots on a whole node (integrated storage, core, HTTP): what is restored is there, whatever the node kept of what was
// there is gone, requests on the way see one or the other, and what cannot be restored changes nothing.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "internal/api/client.h"
#include "internal/base/log.h"
#include "internal/cli/cli.h"
#include "internal/cluster/node.h"
#include "internal/codec/encoding.h"
#include "internal/core/core.h"
#include "internal/http/server.h"

namespace bao::server {
namespace {

std::vector<http::ListenerOptions> on_loopback() {
  http::ListenerOptions options;
  options.address = "127.0.0.1:0";
  options.tls = false;
  return {options};
}

std::string temporary_folder() {
  std::string pattern = std::filesystem::temp_directory_path() / "restore-XXXXXX";
  return mkdtemp(pattern.data());
}

enum class Seal : uint8_t { shamir, by_static_key };

// A node alone, initialised and unsealed.
class WholeNode {
 public:
  explicit WholeNode(Seal seal = Seal::shamir) : seal_(seal) {
    start();
    core::InitRequest init;
    if (seal_ == Seal::shamir) init.secret_shares = init.secret_threshold = 1;
    const auto made = core_->initialize(init);
    EXPECT_TRUE(made.ok()) << (made.ok() ? "" : made.error().message());
    root = made->root_token;
    if (seal_ == Seal::shamir) share = codec::to_hex(made->shares.front().reveal());
    if (seal_ == Seal::shamir) unseal(share);
    EXPECT_EQ(ask("POST", "sys/mounts/kv", R"({"type":"kv"})").status, 204);
  }
  ~WholeNode() {
    end();
    std::filesystem::remove_all(folder_);
  }
  void restart() {
    end();
    start();
  }
  bool unseal(const std::string& key) {
    const auto status = core_->unseal(key);
    return status.ok() && !status->sealed;
  }
  api::HttpResponse ask(const std::string& method, const std::string& path, std::optional<std::string> body = {}, const std::string& token = "") const {
    api::ClientOptions options;
    options.address = address();
    options.token = token.empty() ? root : token;
    options.retries_max = 0;
    const auto response = api::Client(options).send({method, "/v1/" + path, {}, std::move(body), ""});
    EXPECT_TRUE(response.ok()) << (response.ok() ? "" : response.error().message());
    return response.ok() ? *response : api::HttpResponse{};
  }
  // The value, or the status where there is none.
  std::string value(const std::string& path, const std::string& token = "") const {
    const auto response = ask("GET", path, {}, token);
    if (response.status != 200) return std::to_string(response.status);
    return (*codec::parse_json(response.body))["data"]["v"].as_string();
  }
  void put(const std::string& path, const std::string& value) const {
    EXPECT_EQ(ask("POST", path, R"({"v":")" + value + "\"}").status, 204);
  }
  std::string save() const { return ask("GET", "sys/storage/raft/snapshot").body; }
  api::HttpResponse restore(const std::string& archive, const std::string& how = "snapshot") const {
    return ask("POST", "sys/storage/raft/" + how, archive);
  }
  bool sealed() const { return core_->seal_status()->sealed; }
  std::string address() const { return "http://" + front_->addresses().front(); }
  cluster::Node& node() { return *node_; }
  std::string root, share;

 private:
  void start() {
    cluster::NodeOptions options;
    options.folder = folder_;
    options.name = "node1";
    options.listen_address = options.cluster_address = "127.0.0.1:0";
    node_ = std::move(*cluster::Node::open(std::move(options)));
    core::CoreOptions core;
    core.cluster = node_.get();
    core.ha_enabled = true;
    core.raw_storage_endpoint = true;
    if (seal_ == Seal::by_static_key) core.auto_seal = seal::static_wrapper({"key-1", base::SecretBytes(std::string(32, 'k'))}, {});
    core_ = std::make_unique<core::Core>(node_->storage(), std::move(core), base::system_clock());
    EXPECT_TRUE(core_->start().ok());
    front_ = std::make_unique<http::Server>(*core_, on_loopback(), nullptr, node_.get());
    EXPECT_TRUE(front_->start().ok());
  }
  void end() {
    front_->drain(std::chrono::seconds(5));
    core_->stop();
    front_.reset();
    core_.reset();
    node_.reset();
  }

  const Seal seal_;
  const std::string folder_ = temporary_folder();
  std::unique_ptr<cluster::Node> node_;
  std::unique_ptr<core::Core> core_;
  std::unique_ptr<http::Server> front_;
};

class Restoring : public testing::Test {
 protected:
  Restoring() { base::set_log_level(base::LogLevel::off); }
};

TEST_F(Restoring, WhatWasSavedIsThereAndWhatCameLaterIsNot) {
  WholeNode node;
  node.put("kv/a", "saved");
  const auto token = [&] { return (*codec::parse_json(node.ask("POST", "auth/token/create", R"({"policies":["p"],"ttl":"1h"})").body))["auth"]["client_token"].as_string(); };
  EXPECT_EQ(node.ask("POST", "sys/policy/p", R"({"policy":"path \"kv/*\" { capabilities = [\"read\"] }"})").status, 204);
  const std::string early = token();
  const std::string archive = node.save();
  const std::string epoch = *node.node().epoch();

  const std::string late = token();
  node.put("kv/a", "later");
  node.put("kv/b", "later");
  EXPECT_EQ(node.ask("POST", "sys/policy/p", R"({"policy":"path \"kv/*\" { capabilities = [\"deny\"] }"})").status, 204);
  EXPECT_EQ(node.ask("POST", "sys/mounts/other", R"({"type":"kv"})").status, 204);
  EXPECT_EQ(node.ask("DELETE", "sys/mounts/kv").status, 204);
  EXPECT_EQ(node.value("kv/a", early), "403");

  const auto restored = node.restore(archive);
  EXPECT_EQ(restored.status, 204) << restored.body;
  EXPECT_FALSE(node.sealed());
  EXPECT_EQ(node.value("kv/a"), "saved");
  EXPECT_EQ(node.value("kv/b"), "404");
  EXPECT_EQ(node.value("kv/a", early), "saved") << "the policy, too";
  EXPECT_EQ(node.value("kv/a", late), "403");
  EXPECT_EQ(node.value("other/a"), "404");
  EXPECT_NE(*node.node().epoch(), epoch) << "indexes count anew";
  node.put("kv/a", "again");
  node.restart();
  EXPECT_TRUE(node.sealed());
  EXPECT_TRUE(node.unseal(node.share));
  EXPECT_EQ(node.value("kv/a"), "again");
  EXPECT_EQ(node.ask("POST", "auth/token/lookup", R"({"token":")" + early + "\"}").status, 200);
}

TEST_F(Restoring, KeysThatChangedSinceAreThoseOfTheSnapshotAgain) {
  WholeNode node;
  node.put("kv/a", "saved");
  const std::string archive = node.save();
  EXPECT_EQ(node.ask("POST", "sys/rotate").status, 204);
  node.put("kv/a", "later");
  EXPECT_EQ(node.restore(archive).status, 204);
  EXPECT_FALSE(node.sealed());
  EXPECT_EQ(node.value("kv/a"), "saved");
  EXPECT_EQ((*codec::parse_json(node.ask("GET", "sys/key-status").body))["data"]["term"].text(), "1");
  node.put("kv/a", "again");
  node.restart();
  EXPECT_TRUE(node.unseal(node.share));
  EXPECT_EQ(node.value("kv/a"), "again");
}

TEST_F(Restoring, WhatCannotBeRestoredChangesNothing) {
  WholeNode node, other;
  const std::string good = node.save();
  node.put("kv/a", "1");
  std::string flipped = good;
  flipped[good.size() / 2] = static_cast<char>(flipped[good.size() / 2] ^ 1);
  for (const std::string& bad : {std::string("no archive"), good.substr(0, good.size() / 2), flipped}) {
    const auto refused = node.restore(bad, "snapshot-force");
    EXPECT_EQ(refused.status, 400) << refused.body;
    EXPECT_NE(refused.body.find("snapshot"), std::string::npos) << refused.body;
  }
  const auto foreign = node.restore(other.save());
  EXPECT_EQ(foreign.status, 400);
  EXPECT_NE(foreign.body.find("possibly the snapshot is using a different set of unseal keys; use the snapshot-force API"), std::string::npos)
      << foreign.body;
  EXPECT_EQ(node.ask("POST", "sys/storage/raft/snapshot", good, "s.nobody").status, 403);
  EXPECT_EQ(node.value("kv/a"), "1");
}

TEST_F(Restoring, OtherKeysByForceSealTheNodeUntilItGetsThem) {
  WholeNode node, other;
  node.put("kv/a", "mine");
  other.put("kv/a", "theirs");
  EXPECT_EQ(node.restore(other.save(), "snapshot-force").status, 204);
  EXPECT_TRUE(node.sealed());
  EXPECT_FALSE(node.unseal(node.share));
  EXPECT_TRUE(node.unseal(other.share));
  EXPECT_EQ(node.value("kv/a", other.root), "theirs");
  EXPECT_EQ(node.value("kv/a"), "403") << "tokens of the old data are nobody's";
  node.restart();
  EXPECT_TRUE(node.unseal(other.share));
  EXPECT_EQ(node.value("kv/a", other.root), "theirs");
}

// Its process ends before it gets the keys that would have sealed its own key anew.
TEST_F(Restoring, ANodeThatLosesItsKeyTellsSoByItself) {
  WholeNode node, other;
  const std::string before = (*node.node().members())[0].record.certificate;
  EXPECT_EQ(node.restore(other.save(), "snapshot-force").status, 204);
  node.restart();
  EXPECT_TRUE(node.unseal(other.share));
  const std::string own = node.node().self()->certificate;
  EXPECT_NE(own, before);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  std::string known = before;
  while (known != own && std::chrono::steady_clock::now() < until) {
    (void)node.ask("GET", "sys/storage/raft/configuration", {}, other.root);
    known = (*node.node().members())[0].record.certificate;
  }
  EXPECT_EQ(known, own);
}

TEST_F(Restoring, AnAutoSealOpensAnotherRootKeyByItself) {
  WholeNode node(Seal::by_static_key), other(Seal::by_static_key);
  other.put("kv/a", "theirs");
  const auto restored = node.restore(other.save());
  EXPECT_EQ(restored.status, 204) << restored.body;
  EXPECT_FALSE(node.sealed());
  EXPECT_EQ(node.value("kv/a", other.root), "theirs");
}

TEST_F(Restoring, WhatThisServerDoesNotKnowIsKeptAndSavedAgain) {
  WholeNode node;
  const auto put = [](const char* key, const char* value) { return storage::Operation{storage::Operation::Kind::put, key, value, "", ""}; };
  ASSERT_TRUE(node.node().storage().propose({{}, {}, {put("own/private", "hello"), put("namespaces/x/y", "\x01\x02")}}).ok());
  const std::string archive = node.save();
  ASSERT_TRUE(node.node().storage().propose({{}, {}, {put("own/private", "changed")}}).ok());
  EXPECT_EQ(node.restore(archive).status, 204);
  const auto snapshot = node.node().storage().snapshot();
  EXPECT_EQ((*snapshot->get("own/private"))->value, "hello");
  EXPECT_EQ((*snapshot->get("namespaces/x/y"))->value, "\x01\x02");
  EXPECT_EQ(node.restore(node.save()).status, 204);
  EXPECT_EQ((*node.node().storage().snapshot()->get("own/private"))->value, "hello");
}

// R-36: clients that read and write all the time see the old data or the new, and are refused nothing. 5xx may say that it is not known
// what became of a write.
TEST_F(Restoring, RequestsOnTheWaySeeTheOldOrTheNew) {
  WholeNode node;
  const auto mount = [&] { EXPECT_EQ(node.ask("POST", "sys/mounts/both", R"({"type":"kv"})").status, 204); };
  mount();
  node.put("both/a", "one");
  const std::string one = node.save();
  EXPECT_EQ(node.ask("POST", "sys/rotate").status, 204);
  EXPECT_EQ(node.ask("DELETE", "sys/mounts/both").status, 204);
  mount();  // the same path, elsewhere in the storage
  node.put("both/a", "two");
  const std::string two = node.save();
  std::atomic<bool> enough{false};
  std::atomic<int> reads{0}, writes{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back([&] {
      while (!enough) {
        const std::string value = node.value("both/a");
        EXPECT_TRUE(value == "one" || value == "two") << value;
        ++reads;
      }
    });
  }
  clients.emplace_back([&] {
    while (!enough) {
      const int status = node.ask("POST", "both/mine", R"({"v":"x"})").status;
      EXPECT_TRUE(status == 204 || status >= 500) << status;
      writes += status == 204;
    }
  });
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(node.restore(i % 2 == 0 ? one : two).status, 204);
    EXPECT_EQ(node.value("both/a"), i % 2 == 0 ? "one" : "two");
  }
  enough = true;
  for (std::thread& client : clients) client.join();
  EXPECT_GT(reads, 0);
  EXPECT_GT(writes, 0);
}

TEST_F(Restoring, TheCommandLineSavesVerifiesAndRestores) {
  WholeNode node;
  node.put("kv/a", "saved");
  const std::string folder = temporary_folder(), file = folder + "/a.snap";
  const auto run = [&](std::vector<std::string> arguments) {
    setenv("BAO_TOKEN", node.root.c_str(), 1);
    setenv("BAO_ADDR", node.address().c_str(), 1);
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    arguments.insert(arguments.begin(), {"operator", "raft", "snapshot"});
    const int status = cli::run(arguments, {});
    std::fflush(stdout);
    const std::string out = ::testing::internal::GetCapturedStdout();
    return std::to_string(status) + "\n" + out + ::testing::internal::GetCapturedStderr();
  };
  for (int i = 0; i < 6; ++i) node.put("kv/large" + std::to_string(i), std::string(700'000, static_cast<char>('a' + i)));  // sent in pieces
  EXPECT_EQ(run({"save", file}), "0\n");
  node.put("kv/a", "later");
  node.put("kv/large5", "later");
  const std::string report = run({"verify", file});
  EXPECT_EQ(report.find("0\nKey "), 0u) << report;
  EXPECT_NE(report.find("shamir, 1 of 1 shares"), std::string::npos) << report;
  EXPECT_EQ(run({"restore", file}), "0\n");
  EXPECT_EQ(node.value("kv/a"), "saved");
  EXPECT_TRUE(node.value("kv/large5") == std::string(700'000, 'f'));
  const auto size = std::filesystem::file_size(file);
  EXPECT_EQ(node.ask("POST", "sys/seal").status, 204);
  EXPECT_EQ(run({"save", file}).find("2\nError taking the snapshot: "), 0u);
  EXPECT_EQ(std::filesystem::file_size(file), size) << "what was saved before is kept until another one is whole";
  EXPECT_TRUE(node.unseal(node.share));
  std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
  EXPECT_EQ(run({"verify", file}).find("2\nThe snapshot is damaged: failed to decompress snapshot"), 0u) << run({"verify", file});
  EXPECT_EQ(run({"restore", file}).find("2\nError installing the snapshot: "), 0u);
  EXPECT_EQ(run({"verify", folder + "/none"}).find("2\nError opening snapshot file: "), 0u);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace bao::server
