// Every 5xx that leaves a node has one line in that node's log, under the id that the answer names, and nothing in it that a client sent.
#include <gtest/gtest.h>

#include <thread>

#include "internal/base/log_watch.h"
#include "internal/codec/encoding.h"
#include "internal/http/front.h"
#include "internal/http/status.h"
#include "internal/storage/inmem/inmem.h"
#include "internal/testing/fake_cluster.h"
#include "internal/testing/test_core.h"

namespace bao::http {
namespace {

using base::Code;
using testing::TestCore;

constexpr std::string_view kSent = "canary";  // by the client, wherever it can
constexpr std::chrono::milliseconds kBriefly{1};

std::string header(const Answer& answer, std::string_view name) {
  for (const auto& [each, value] : answer.headers) {
    if (each == name) return value;
  }
  return "";
}

Answer ask(const Front& front, std::string_view method, std::string_view target, std::string_view token, const std::string& body = "") {
  WireRequest wire;
  wire.method = method;
  wire.target = target;
  wire.headers = {{"X-Vault-Token", token}, {"User-Agent", kSent}};
  wire.body = body;
  return front.answer(wire, {"127.0.0.1", 40000, {}});
}

class FaultsInTheLog : public ::testing::Test {
 protected:
  // The lines of failed requests since the last look.
  std::vector<std::string> lines() {
    std::vector<std::string> found;
    std::string text;
    for (std::string more = log.next(kBriefly); !more.empty(); more = log.next(kBriefly)) text += more;
    for (size_t at = 0, end; (end = text.find('\n', at)) != std::string::npos; at = end + 1) {
      const std::string line = text.substr(at, end - at);
      if (line.find("a request failed") != std::string::npos) found.push_back(line);
    }
    EXPECT_EQ(text.find(kSent), std::string::npos) << text;
    return found;
  }
  // One line, which says all of this of that answer.
  void expect_told(const Answer& answer, int status, const std::vector<std::string>& parts) {
    EXPECT_EQ(answer.status, status) << answer.body;
    const auto all = lines();
    ASSERT_EQ(all.size(), 1u);
    const std::string id = header(answer, "X-Bao-Request-Id");
    EXPECT_EQ(id.size(), 36u);
    EXPECT_NE(all[0].find("request_id=" + id), std::string::npos) << all[0];
    EXPECT_NE(all[0].find("code=" + header(answer, "X-Bao-Code")), std::string::npos) << all[0];
    EXPECT_NE(all[0].find("origin=internal/"), std::string::npos) << all[0];
    for (const std::string& part : parts) EXPECT_NE(all[0].find(part), std::string::npos) << part << "\n" << all[0];
  }

  base::LogWatch log{base::LogLevel::warn, base::LogFormat::text};
};

TEST_F(FaultsInTheLog, ASealedNode) {
  TestCore node(TestCore::State::sealed);
  const Front front(node.core(), nullptr, FrontRules{});
  expect_told(ask(front, "GET", "/v1/canary", "canary"), 503, {"code=sealed", "operation=read", "reason=\""});
}

TEST_F(FaultsInTheLog, AnEnginesErrorInItsOwnWords) {
  TestCore node;
  const Front front(node.core(), nullptr, FrontRules{});
  ASSERT_EQ(ask(front, "POST", "/v1/sys/auth/userpass", node.root_token(), R"({"type":"userpass"})").status, 204);
  (void)lines();
  expect_told(ask(front, "POST", "/v1/auth/userpass/login/canary", "", "{}"), 500,
              {"code=internal", "operation=update", "mount=auth_userpass_", "route=login/{username", "reason=\"missing password\""});
}

TEST_F(FaultsInTheLog, AnEnginesErrorThatRepeatsWhatTheClientSent) {
  TestCore node;
  const Front front(node.core(), nullptr, FrontRules{});
  ASSERT_EQ(ask(front, "POST", "/v1/sys/auth/approle", node.root_token(), R"({"type":"approle"})").status, 204);
  (void)lines();
  const Answer answer = ask(front, "POST", "/v1/auth/approle/role/canary/secret-id/lookup", node.root_token(), R"({"secret_id":"canary"})");
  EXPECT_NE(answer.body.find(kSent), std::string::npos) << answer.body;
  expect_told(answer, 500, {"code=internal", "mount=auth_approle_", "route=role/{role_name", "reason=\"\"", "origin=internal/auth/approle/"});
}

TEST_F(FaultsInTheLog, DamagedData) {
  TestCore node;
  const Front front(node.core(), nullptr, FrontRules{});
  ASSERT_EQ(ask(front, "POST", "/v1/sys/mounts/kv", node.root_token(), R"({"type":"kv"})").status, 204);
  ASSERT_EQ(ask(front, "POST", "/v1/kv/canary", node.root_token(), R"({"x":"canary"})").status, 204);
  std::string key;
  ASSERT_TRUE(node.backend().snapshot()->each([&](std::string_view each, const storage::Record&) -> base::Status {
    if (each.ends_with("/canary")) key = each;
    return {};
  }).ok());
  storage::Proposal damage;
  damage.operations.push_back({storage::Operation::Kind::put, key, "no envelope", "", ""});
  ASSERT_TRUE(node.backend().propose(std::move(damage)).ok());
  (void)lines();
  expect_told(ask(front, "GET", "/v1/kv/canary", node.root_token()), 500, {"code=corrupt", "[ERROR]", "operation=read", "mount=kv_"});
}

// Storage that takes nothing any more.
class FullStorage final : public storage::Backend {
 public:
  explicit FullStorage(storage::Backend& real) : real_(real) {}
  void fill() { full_ = true; }
  std::unique_ptr<storage::Snapshot> snapshot() override { return real_.snapshot(); }
  base::Result<base::Index> propose(storage::Proposal proposal) override {
    if (full_) return base::Error(Code::unavailable, "the disk is full");
    return real_.propose(std::move(proposal));
  }
  void set_listener(storage::ChangeListener listener) override { real_.set_listener(std::move(listener)); }
  base::Index applied() const override { return real_.applied(); }
  std::string_view type() const override { return real_.type(); }

 private:
  storage::Backend& real_;
  bool full_ = false;
};

TEST_F(FaultsInTheLog, StorageThatFails) {
  const auto memory = storage::inmem::open();
  FullStorage storage(*memory);
  base::FakeClock clock{base::Time(std::chrono::hours(490'000))};
  core::Core core(storage, core::CoreOptions{}, clock);
  ASSERT_TRUE(core.start().ok());
  core::InitRequest init;
  init.secret_shares = init.secret_threshold = 1;
  const auto made = core.initialize(init);
  ASSERT_TRUE(made.ok() && core.unseal(codec::to_hex(made->shares.front().reveal())).ok());
  const Front front(core, nullptr, FrontRules{});
  storage.fill();
  (void)lines();
  expect_told(ask(front, "POST", "/v1/cubbyhole/canary", made->root_token, R"({"x":"canary"})"), 503,
              {"code=unavailable", "mount=cubbyhole_", "reason=\"the disk is full\""});
}

TEST_F(FaultsInTheLog, AuditDevicesThatTakeNothing) {
  core::CoreOptions options;
  options.audit.declared.push_back({.type = "file", .path = "log/", .description = "", .options = {{"file_path", "/dev/full"}}, .local = false});
  TestCore node(TestCore::State::unsealed, std::move(options));
  const Front front(node.core(), nullptr, FrontRules{});
  (void)lines();
  expect_told(ask(front, "GET", "/v1/cubbyhole/canary", node.root_token()), 503, {"code=audit_unavailable", "mount=cubbyhole_", "reason=\"no audit device takes"});
}

// ---- over two nodes

class LedByTheTest final : public testing::FakeCluster {
 public:
  LedByTheTest() : FakeCluster("node1", 1) {}
  std::function<base::Result<std::string>()> answers;
  base::Result<std::string> ask_leader(const std::string&, std::chrono::milliseconds) override { return answers(); }
  bool await_applied(base::Index, std::chrono::milliseconds) override { return true; }
};

class FaultsOfAStandby : public FaultsInTheLog {
 protected:
  FaultsOfAStandby() {
    EXPECT_TRUE(cluster.hand_over().ok());
    while (node.core().active()) std::this_thread::yield();
    (void)lines();
  }
  Answer write() { return ask(front, "POST", "/v1/cubbyhole/canary", node.root_token(), R"({"x":"canary"})"); }
  static core::CoreOptions options_with(core::Cluster& cluster) {
    core::CoreOptions options;
    options.cluster = &cluster;
    return options;
  }

  LedByTheTest cluster;
  TestCore node{TestCore::State::unsealed, options_with(cluster)};
  Front front{node.core(), &cluster, FrontRules{}};
};

TEST_F(FaultsOfAStandby, WhoCannotBeAskedIsToldHere) {
  cluster.answers = [] { return base::Error(Code::unavailable, "nobody leads the cluster"); };
  expect_told(write(), 500, {"code=unavailable", "operation=write", "reason=\"local node not active"});
  cluster.answers = [] { return base::Error(Code::uncertain, "the connection ended amid the call"); };
  expect_told(write(), 500, {"code=uncertain", "reason=\"the connection ended amid the call\""});
}

TEST_F(FaultsOfAStandby, WhatTheActiveNodeToldItsLogIsNotToldAgain) {
  Answer theirs = answer_of(base::Error(Code::corrupt, "an entry cannot be read"));
  theirs.headers = {{"X-Bao-Code", "corrupt"}, {"X-Bao-Request-Id", "theirs"}};
  cluster.answers = [&] { return encode_forwarded_answer(theirs, base::Index{5}); };
  const Answer answer = write();
  EXPECT_EQ(header(answer, "X-Bao-Request-Id"), "theirs");
  EXPECT_EQ(lines().size(), 0u);
}

TEST_F(FaultsInTheLog, AnActiveNodeTellsOfWhatItFailedForAnother) {
  TestCore node;
  const Front front(node.core(), nullptr, FrontRules{});
  ASSERT_EQ(ask(front, "POST", "/v1/sys/auth/userpass", node.root_token(), R"({"type":"userpass"})").status, 204);
  (void)lines();
  WireRequest wire;
  wire.method = "POST";
  wire.target = "/v1/auth/userpass/login/canary";
  wire.body = "{}";
  const auto encoded = front.answer_forwarded(encode_forwarded(wire, {}, {}));
  ASSERT_TRUE(encoded);
  const auto decoded = decode_forwarded_answer(*encoded);
  ASSERT_TRUE(decoded.ok());
  expect_told(decoded->answer, 500, {"reason=\"missing password\""});
}

TEST_F(FaultsInTheLog, WhatIsNoFaultIsNotTold) {
  TestCore node;
  const Front front(node.core(), nullptr, FrontRules{});
  EXPECT_EQ(ask(front, "GET", "/v1/canary", node.root_token()).status, 404);
  EXPECT_EQ(ask(front, "GET", "/v1/cubbyhole/canary", "canary").status, 403);
  EXPECT_EQ(ask(front, "POST", "/v1/sys/mounts/canary", node.root_token(), R"({"type":"canary"})").status, 400);
  EXPECT_EQ(lines().size(), 0u);
}

}  // namespace
}  // namespace bao::http
