// What every request meets, whatever it asks for: tokens, policies, routes, uses, leases, wrapping.
#include <gtest/gtest.h>

#include <thread>

#include "internal/testing/test_core.h"

namespace bao::testing {
namespace {

using logical::Operation;

constexpr const char* kDenied = "denied: 1 error occurred:\n\t* permission denied\n\n";

class RequestHandlerTest : public ::testing::Test {
 protected:
  RequestHandlerTest() {
    EXPECT_EQ(text(node.write("sys/mounts/kv", R"({"type":"kv"})")), "empty");
    EXPECT_EQ(text(node.write("kv/a", R"({"x":1})")), "empty");
  }
  static std::string text(const logical::Reply& reply) { return TestCore::text_of(reply); }
  std::string token_with(const std::string& policy) {
    EXPECT_EQ(text(node.write("sys/policies/acl/p", codec::write_json(codec::Json::object({{"policy", policy}})))), "empty");
    return node.create_token(R"({"policies":["p"]})");
  }

  TestCore node;
};

TEST_F(RequestHandlerTest, AReadFindsWhatWasWritten) {
  const auto reply = node.read("kv/a");
  ASSERT_TRUE(reply.ok()) << reply.error().message();
  EXPECT_EQ(codec::write_json(*reply->data), R"({"x":1})");
}

TEST_F(RequestHandlerTest, AMissingOrUnknownTokenIsPlainlyDenied) {
  for (const char* path : {"kv/a", "nowhere/x", "sys/mounts", "auth/none/login"}) {
    EXPECT_EQ(text(node.read(path, TestCore::kNoToken)), "denied: permission denied") << path;
    EXPECT_EQ(text(node.read(path, "s.unknown")), "denied: permission denied") << path;
  }
}

TEST_F(RequestHandlerTest, WhoMayNotAskDoesNotLearnWhatIsThere) {
  const std::string token = token_with(R"(path "kv/b" { capabilities = ["read"] })");
  EXPECT_EQ(text(node.read("kv/a", token)), kDenied);
  EXPECT_EQ(text(node.read("nowhere/x", token)), kDenied);
  EXPECT_EQ(text(node.write("kv/b", "{}", token)), kDenied);
  EXPECT_EQ(node.read("kv/b", token).error().code(), base::Code::absent);
}

TEST_F(RequestHandlerTest, RoutesPathsAndOperationsThatDoNotExist) {
  EXPECT_EQ(text(node.read("nowhere/x")), "absent: no handler for route \"nowhere/x\". route entry not found.");
  EXPECT_EQ(text(node.read("sys/nothing-here")), "absent: 1 error occurred:\n\t* unsupported path\n\n");
  EXPECT_EQ(text(node.remove("sys/mounts")), "unsupported: 1 error occurred:\n\t* unsupported operation\n\n");
  EXPECT_EQ(text(node.write("kv/x/")), "invalid: cannot write to a path ending in '/'");
  EXPECT_EQ(text(node.read("identity/oidc/config")), "invalid: this path of identity is not available yet in this server");
  EXPECT_EQ(text(node.handle(node.request(Operation::revoke, "kv/a"))), "invalid: cannot handle internal-only request operation");
}

TEST_F(RequestHandlerTest, CreateAndUpdateAreToldApart) {
  const std::string token = token_with(R"(path "kv/*" { capabilities = ["create"] })");
  EXPECT_EQ(text(node.write("kv/new", R"({"v":1})", token)), "empty");
  EXPECT_EQ(text(node.write("kv/new", R"({"v":2})", token)), kDenied);
}

TEST_F(RequestHandlerTest, AProtectedPathNeedsSudo) {
  const std::string token = token_with(R"(path "sys/*" { capabilities = ["create","read","update","delete","list"] })");
  EXPECT_EQ(text(node.write("sys/rotate", "{}", token)), kDenied);
  EXPECT_TRUE(node.read("sys/mounts", token).ok());
  const std::string sudoer = token_with(R"(path "sys/rotate" { capabilities = ["update","sudo"] })");
  EXPECT_EQ(text(node.write("sys/rotate", "{}", sudoer)), "empty");
}

TEST_F(RequestHandlerTest, ALimitedTokenIsUsedUpAndEnds) {
  const std::string token = node.create_token(R"({"policies":["default"],"num_uses":2})");
  EXPECT_TRUE(node.read("auth/token/lookup-self", token).ok());
  const auto last = node.read("auth/token/lookup-self", token);
  ASSERT_TRUE(last.ok()) << last.error().message();
  EXPECT_NE(last->data->text().find("\"num_uses\":-1,"), std::string::npos) << last->data->text();
  EXPECT_EQ(text(node.read("auth/token/lookup-self", token)), "denied: permission denied");
}

TEST_F(RequestHandlerTest, AUseIsAUseAlsoWhenTheRequestFails) {
  const std::string token = node.create_token(R"({"policies":["root"],"num_uses":2})");
  EXPECT_EQ(text(node.read("nowhere/x", token)), "absent: no handler for route \"nowhere/x\". route entry not found.");
  EXPECT_EQ(text(node.write("sys/mounts/kv", R"({"type":"kv"})", token)), "invalid: path is already in use at kv/");
  EXPECT_EQ(text(node.read("kv/a", token)), "denied: permission denied");
}

TEST_F(RequestHandlerTest, ADeniedRequestUsesTheTokenToo) {
  const std::string token = node.create_token(R"({"policies":["default"],"num_uses":1})");
  EXPECT_EQ(text(node.read("kv/a", token)), kDenied);
  EXPECT_EQ(text(node.read("auth/token/lookup-self", token)), "denied: permission denied");
}

TEST_F(RequestHandlerTest, AWrappedAnswerIsUnwrappedOnce) {
  auto request = node.request(Operation::read, "kv/a");
  request.wrap_ttl = std::chrono::seconds(60);
  const auto wrapped = node.handle(request);
  ASSERT_TRUE(wrapped.ok()) << wrapped.error().message();
  ASSERT_TRUE(wrapped->wrap);
  EXPECT_FALSE(wrapped->data);
  EXPECT_EQ(wrapped->wrap->ttl, std::chrono::seconds(60));
  EXPECT_EQ(wrapped->wrap->creation_path, "kv/a");
  const std::string token = wrapped->wrap->token;
  EXPECT_TRUE(node.write("sys/wrapping/lookup", R"({"token":")" + token + R"("})").ok());
  const auto unwrapped = node.write("sys/wrapping/unwrap", "{}", token);
  ASSERT_TRUE(unwrapped.ok()) << unwrapped.error().message();
  EXPECT_NE(text(unwrapped).find(R"("x":1)"), std::string::npos);
  EXPECT_EQ(text(node.write("sys/wrapping/unwrap", "{}", token)),
            "invalid: wrapping token is not valid or does not exist");
}

TEST_F(RequestHandlerTest, WrappingTokensAreLookedAtFirst) {
  EXPECT_EQ(text(node.write("sys/wrapping/unwrap", R"({"token":5})")),
            "denied: error validating wrapping token: could not decode token in request body");
  EXPECT_EQ(text(node.write("sys/wrapping/unwrap", R"({"token":""})")),
            "denied: error validating wrapping token: empty token in request body");
  EXPECT_EQ(text(node.write("sys/wrapping/unwrap", "{}", TestCore::kNoToken)),
            "denied: error validating wrapping token: token is empty");
  EXPECT_EQ(text(node.write("sys/wrapping/unwrap")), "invalid: wrapping token is not valid or does not exist");
}

TEST_F(RequestHandlerTest, WhatIsEmptyIsNotWrapped) {
  auto request = node.request(Operation::update, "kv/b", R"({"y":1})");
  request.wrap_ttl = std::chrono::seconds(60);
  EXPECT_EQ(text(node.handle(request)), "empty");
}

TEST_F(RequestHandlerTest, UnknownParametersWarnBesideABodyOnly) {
  auto listing = node.request(Operation::list, "kv/", R"({"limit":"2","after":"a"})");
  const auto reply = node.handle(listing);
  ASSERT_TRUE(reply.ok());
  EXPECT_EQ(reply->warnings, std::vector<std::string>{"Endpoint ignored these unrecognized parameters: [after limit]"});
  EXPECT_EQ(text(node.write("sys/mounts/kv/tune", R"({"unknown_thing":true})")), "empty");
}

TEST_F(RequestHandlerTest, ABoundTokenServesItsAddressesOnly) {
  ASSERT_TRUE(node.write("auth/token/roles/bound", R"({"token_bound_cidrs":["10.0.0.0/8"]})").ok());
  const auto made = node.write("auth/token/create/bound", R"({"policies":["default"],"ttl":"1h"})");
  ASSERT_TRUE(made.ok() && made->auth);
  const std::string token = made->auth->client_token;
  auto request = node.request(Operation::read, "auth/token/lookup-self", "", token);
  EXPECT_EQ(text(node.handle(request)), "denied: permission denied");
  request.connection.remote_address = "10.1.2.3";
  EXPECT_TRUE(node.handle(request).ok());
}

TEST_F(RequestHandlerTest, ATokenPastItsTimeIsUnknown) {
  const std::string token = node.create_token(R"({"policies":["default"],"ttl":"1h"})");
  EXPECT_TRUE(node.read("auth/token/lookup-self", token).ok());
  node.clock().advance(std::chrono::minutes(61));
  EXPECT_EQ(text(node.read("auth/token/lookup-self", token)), "denied: permission denied");
}

TEST_F(RequestHandlerTest, TuningToTheSecondVersionMovesTheData) {
  const auto tuned = node.write("sys/mounts/kv/tune", R"({"options":{"version":"2"}})");
  ASSERT_TRUE(tuned.ok()) << tuned.error().message();
  EXPECT_EQ(tuned->warnings.size(), 1u);
  const auto reply = node.read("kv/data/a");
  ASSERT_TRUE(reply.ok()) << reply.error().message();
  EXPECT_NE(text(reply).find(R"("data":{"x":1})"), std::string::npos);
}

TEST_F(RequestHandlerTest, DisablingAMountEndsItsPaths) {
  EXPECT_EQ(text(node.remove("sys/mounts/kv")), "empty");
  EXPECT_EQ(text(node.read("kv/a")), "absent: no handler for route \"kv/a\". route entry not found.");
  EXPECT_EQ(text(node.write("sys/mounts/kv", R"({"type":"kv"})")), "empty");
  EXPECT_EQ(node.read("kv/a").error().code(), base::Code::absent);
}

TEST_F(RequestHandlerTest, HelpIsADocument) {
  const auto reply = node.handle(node.request(Operation::help, "kv/a"));
  ASSERT_TRUE(reply.ok()) << reply.error().message();
  ASSERT_TRUE(reply->raw);
  EXPECT_TRUE(codec::parse_json(reply->raw->body).ok());
}

TEST_F(RequestHandlerTest, ReadersGoOnWhileMountsAndPoliciesChange) {
  const std::string token = token_with(R"(path "kv/*" { capabilities = ["read"] })");
  std::atomic<bool> stop{false};
  std::atomic<int> failed{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      while (!stop) failed += node.read("kv/a", token).ok() ? 0 : 1;
    });
  }
  for (int i = 0; i < 15; ++i) {
    const std::string name = std::to_string(i);
    EXPECT_EQ(text(node.write("sys/mounts/m" + name, R"({"type":"kv"})")), "empty");
    EXPECT_EQ(text(node.write("sys/policies/acl/other" + name, R"({"policy":"path \"x\" { capabilities = [\"read\"] }"})")),
              "empty");
    EXPECT_EQ(text(node.write("m" + name + "/k", R"({"v":1})")), "empty");
    if (i % 2 == 0) {
      EXPECT_EQ(text(node.remove("sys/mounts/m" + name)), "empty");
    }
  }
  stop = true;
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(failed, 0);
}

TEST_F(RequestHandlerTest, ManyWritersOfOneKeyAllSucceed) {
  std::vector<std::thread> writers;
  std::atomic<int> failed{0};
  for (int i = 0; i < 8; ++i) {
    writers.emplace_back([&, i] {
      for (int n = 0; n < 20; ++n) {
        const auto reply = node.write("kv/hot", R"({"by":)" + std::to_string(i) + "}");
        if (!reply.ok()) ++failed;
      }
    });
  }
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(failed, 0);
}

}  // namespace
}  // namespace bao::testing
