// What a standby makes of the active node's answer, and of none.
#include "internal/http/front.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <thread>

#include "internal/base/metrics.h"
#include "internal/testing/fake_cluster.h"
#include "internal/testing/test_core.h"

namespace bao::http {
namespace {

using base::Code;
using base::Error;
using base::Index;

// Somebody else leads, and answers as the test says.
class LedByTheTest final : public testing::FakeCluster {
 public:
  LedByTheTest() : FakeCluster("node1", 1) {}
  std::function<base::Result<std::string>(const std::string& request)> on_request = [](const std::string&) {
    return encode_forwarded_answer(http::Answer::empty(204), Index{5});
  };
  std::function<bool(Index index, std::chrono::milliseconds at_most)> on_wait = [](Index, std::chrono::milliseconds) { return true; };

  base::Result<std::string> ask_leader(const std::string& request, std::chrono::milliseconds) override { return on_request(request); }
  bool await_applied(Index index, std::chrono::milliseconds at_most) override { return on_wait(index, at_most); }
};

core::CoreOptions options_with(core::Cluster& cluster) {
  core::CoreOptions options;
  options.cluster = &cluster;
  return options;
}

class StandbyFront : public ::testing::Test {
 protected:
  StandbyFront() {
    EXPECT_TRUE(cluster.hand_over().ok());
    while (core.core().active()) std::this_thread::yield();
  }
  Answer write() {
    WireRequest wire;
    wire.method = "POST";
    wire.target = "/v1/cubbyhole/a";
    wire.headers = {{"X-Vault-Token", core.root_token()}};
    if (!spooled) wire.body = R"({"a":"b"})";
    wire.spooled = spooled;
    return front.answer(wire, {"127.0.0.1", 40000, {}});
  }
  static std::string header(const Answer& answer, const std::string& name) {
    for (const auto& [each, value] : answer.headers)
      if (each == name) return value;
    return "";
  }

  LedByTheTest cluster;
  testing::TestCore core{testing::TestCore::State::unsealed, options_with(cluster)};
  Front front{core.core(), &cluster, FrontRules{}};
  std::shared_ptr<base::SpoolFile> spooled;
};

TEST_F(StandbyFront, WhatTellsOfThisNodeAloneIsNotAskedOfAnother) {
  cluster.on_request = [](const std::string&) {
    ADD_FAILURE() << "it was forwarded";
    return encode_forwarded_answer(http::Answer::empty(204), Index{5});
  };
  for (const char* path : {"sys/metrics", "sys/host-info", "sys/in-flight-req", "sys/pprof/heap", "sys/config/state/sanitized", "sys/monitor"}) {
    const std::string target = "/v1/" + std::string(path);
    WireRequest wire;
    wire.method = "GET";
    wire.target = target;
    wire.headers = {{"X-Vault-Token", core.root_token()}};
    EXPECT_EQ(front.answer(wire, {"127.0.0.1", 40000, {}}).status, 200) << path;
    wire.headers.emplace_back("X-Vault-Wrap-TTL", "60s");  // which makes it write
    const Answer answer = front.answer(wire, {"127.0.0.1", 40000, {}});
    EXPECT_EQ(answer.status, 400) << path;
    EXPECT_EQ(answer.body, "{\"errors\":[\"cannot forward local-only request\"]}\n") << path;
  }
}

TEST_F(StandbyFront, WithNobodyToAskItIsUnavailable) {
  cluster.on_request = [](const std::string&) { return Error(Code::unavailable, "nobody leads the cluster"); };
  const Answer answer = write();
  EXPECT_EQ(answer.status, 500);
  EXPECT_NE(answer.body.find("local node not active but active cluster node not found"), std::string::npos) << answer.body;
  EXPECT_EQ(header(answer, "X-Bao-Code"), "unavailable");
  EXPECT_NE(header(answer, "X-Bao-Advice").find("nothing was changed"), std::string::npos);
}

TEST_F(StandbyFront, ALargeBodyBeginsAnewWhenRolesChangeAmidItsParts) {
  spooled = *base::SpoolFile::create();
  ASSERT_TRUE(spooled->append(std::string(size_t{9} << 20, 'x')).ok());
  ASSERT_TRUE(spooled->finish().ok());
  std::vector<std::pair<std::string, uint64_t>> parts;
  std::string whole_of;
  cluster.on_request = [&](const std::string& request) -> base::Result<std::string> {
    const auto forwarded = decode_forwarded(request);
    if (!(*forwarded)->is_part()) whole_of = (*forwarded)->upload;
    else parts.emplace_back((*forwarded)->upload, (*forwarded)->offset);
    if (parts.size() == 2 && whole_of.empty()) return Error(Code::conflict, "this node leads the cluster itself");
    return encode_forwarded_answer(Answer::empty(204), Index{5});
  };
  EXPECT_EQ(write().status, 204);
  ASSERT_EQ(parts.size(), 5u);
  EXPECT_EQ(parts[2].second, 0u);
  EXPECT_NE(parts[2].first, parts[0].first);
  EXPECT_EQ(whole_of, parts[4].first);
}

// R-59: metrics were missing or never went down
TEST_F(StandbyFront, WhatIsUnderWayIsCountedAndNoLonger) {
  base::Counter& under_way = base::counter("forward.under_way");
  const int64_t before = under_way.value();
  for (const Code code : {Code::unavailable, Code::uncertain}) {
    cluster.on_request = [&](const std::string&) {
      EXPECT_EQ(under_way.value(), before + 1);
      return Error(code, "no answer");
    };
    EXPECT_EQ(write().status, 500);
    EXPECT_EQ(under_way.value(), before);
  }
  EXPECT_TRUE(under_way.is_gauge());
}

TEST_F(StandbyFront, WhatIsNotAppliedHereCarriesAWarning) {
  EXPECT_EQ(header(write(), "Warning"), "");
  cluster.on_wait = [](Index, std::chrono::milliseconds) { return false; };
  const Answer late = write();
  EXPECT_EQ(late.status, 204);
  EXPECT_NE(header(late, "Warning"), "");
}

// As on a full disk.
TEST_F(StandbyFront, NobodyWaitsForANodeThatHasAppliedNothingSinceSomebodyWaitedInVain) {
  int waits = 0;
  bool applies = false;
  cluster.on_wait = [&](Index, std::chrono::milliseconds at_most) {
    waits += at_most.count() > 0;
    return applies;
  };
  for (int i = 0; i < 3; ++i) EXPECT_NE(header(write(), "Warning"), "");
  EXPECT_EQ(waits, 1);
  applies = true;
  EXPECT_EQ(header(write(), "Warning"), "") << "what is there needs no wait";
  applies = false;
  storage::Proposal change;  // the disk has room again
  change.operations.push_back({storage::Operation::Kind::put, "logical/k", "v", "", ""});
  ASSERT_TRUE(core.backend().propose(std::move(change)).ok());
  EXPECT_NE(header(write(), "Warning"), "");
  EXPECT_EQ(waits, 2) << "it may be there in a moment";
}

// ---- what operators do by their shares alone

FrontRules taking(UnauthenticatedShares shares) {
  FrontRules rules;
  rules.node.shares = shares;
  return rules;
}

Answer without_token(const Front& front, const std::string& method, const std::string& path) {
  const std::string target = "/v1/sys/" + path;
  WireRequest wire;
  wire.method = method;
  wire.target = target;
  if (method == "POST") wire.body = R"({"secret_shares":1,"secret_threshold":1})";
  return front.answer(wire, {"127.0.0.1", 40000, {}});
}

TEST(UnauthenticatedSharesTest, AreTakenWhereTheListenerSaysSo) {
  testing::TestCore core;
  const Front none(core.core(), nullptr, taking({})), generating(core.core(), nullptr, taking({.generate_root = true})),
      rekeying(core.core(), nullptr, taking({.rekey = true}));
  for (const std::string path : {"rekey/init", "rekey/update", "rekey/verify", "rekey-recovery-key/init", "rekey-recovery-key/update",
                                 "rekey-recovery-key/verify"}) {
    for (const std::string method : {"GET", "POST", "DELETE"}) {
      EXPECT_EQ(without_token(none, method, path).status, 405) << method << ' ' << path;
      EXPECT_EQ(without_token(generating, method, path).status, 405) << method << ' ' << path;
    }
  }
  for (const std::string path : {"generate-root/attempt", "generate-root/update"}) {
    EXPECT_EQ(without_token(none, "POST", path).status, 405) << path;
    EXPECT_EQ(without_token(rekeying, "POST", path).status, 405) << path;
  }
  EXPECT_EQ(without_token(rekeying, "POST", "rekey/init").status, 200);
  EXPECT_EQ(without_token(rekeying, "DELETE", "rekey/init").status, 204);
  EXPECT_EQ(without_token(generating, "POST", "generate-root/attempt").status, 200);
  EXPECT_EQ(without_token(rekeying, "GET", "rekey/backup").status, 403) << "kept shares are read with a token alone";
}

TEST_F(StandbyFront, SharesGoToTheActiveNode) {
  std::string asked;
  cluster.on_request = [&](const std::string& request) {
    asked = request;
    return encode_forwarded_answer(http::Answer::empty(204), Index{5});
  };
  const Front rekeying(core.core(), &cluster, taking({.rekey = true}));
  EXPECT_EQ(without_token(rekeying, "GET", "rekey/init").status, 204);
  EXPECT_NE(asked.find("/v1/sys/rekey/init"), std::string::npos);
  asked.clear();
  EXPECT_EQ(without_token(front, "POST", "rekey/init").status, 405);
  EXPECT_EQ(asked, "") << "a listener that doesn't take them asks nobody";
}

}  // namespace
}  // namespace bao::http
