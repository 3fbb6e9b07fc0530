// What changed behind a node's back is found by the audit, shown, and loaded anew.
#include <gtest/gtest.h>

#include "internal/testing/test_core.h"

namespace bao::testing {
namespace {

using codec::Json;

class Audit : public ::testing::Test {
 protected:
  // Another process on the same storage, whose changes the first one is not told of.
  void behind_its_back(const std::function<void(core::Core& other)>& change) {
    core::CoreOptions options;
    options.version = "2.6.2";
    core::Core other(node.backend(), std::move(options), node.clock());
    ASSERT_TRUE(other.start().ok());
    ASSERT_TRUE(other.unseal(node.share()).ok());
    change(other);
    other.stop();
  }
  Json audit() {
    const auto reply = node.write("sys/node/invalidations");
    EXPECT_TRUE(reply.ok()) << (reply.ok() ? "" : reply.error().message());
    return reply.ok() ? *reply->data : Json();
  }
  static int64_t member(const Json& told, std::string_view cache, std::string_view name) {
    for (const Json& one : told["caches"].items())
      if (one["cache"].as_string() == cache) return *one[name].as_int();
    ADD_FAILURE() << "no cache " << cache;
    return -1;
  }

  TestCore node;
};

TEST_F(Audit, FindsNothingWhereEverythingIsToldOf) {
  const Json before = audit();
  const std::string token = node.create_token(R"({"policies":["default"]})");
  ASSERT_TRUE(node.read("auth/token/lookup-self", token).ok());
  ASSERT_TRUE(node.write("sys/policies/acl/p", R"({"policy":"path \"a\" { capabilities = [\"read\"] }"})").ok());
  ASSERT_TRUE(node.write("sys/mounts/kv", R"({"type":"kv"})").ok());
  ASSERT_TRUE(node.write("sys/rotate").ok());
  const Json after = audit();
  EXPECT_EQ(*after["divergences"].as_int(), *before["divergences"].as_int());
  for (const char* cache : {"tokens", "policies", "mounts", "keyring"}) {
    EXPECT_GT(member(after, cache, "compared"), member(before, cache, "compared")) << cache;
    EXPECT_GT(member(after, cache, "objects"), 0) << cache;
  }
}

TEST_F(Audit, FindsATokenAPolicyAndAMountThatItWasNotToldOf) {
  const std::string token = node.create_token(R"({"policies":["default"]})");
  ASSERT_TRUE(node.read("auth/token/lookup-self", token).ok());
  ASSERT_FALSE(node.read("kv/a", token).ok());  // its policies are kept, too
  const Json before = audit();
  behind_its_back([&](core::Core& other) {
    const auto ask = [&](std::string_view path, std::string_view body) {
      const auto reply = other.handle(node.request(logical::Operation::update, path, body));
      EXPECT_TRUE(reply.ok()) << path << ": " << (reply.ok() ? "" : reply.error().message());
    };
    ask("auth/token/revoke", R"({"token":")" + token + R"("})");
    ask("sys/policies/acl/default", R"({"policy":"path \"other\" { capabilities = [\"read\"] }"})");
    ask("sys/mounts/kv", R"({"type":"kv"})");
  });
  ASSERT_TRUE(node.read("auth/token/lookup-self", token).ok()) << "nobody told it";
  const Json found = audit();
  EXPECT_EQ(member(found, "tokens", "divergences"), member(before, "tokens", "divergences") + 1);
  EXPECT_EQ(member(found, "policies", "divergences"), member(before, "policies", "divergences") + 1);
  EXPECT_EQ(member(found, "mounts", "divergences"), member(before, "mounts", "divergences") + 1);
  EXPECT_EQ(*found["divergences"].as_int(), *before["divergences"].as_int() + 3);
  EXPECT_EQ(node.read("auth/token/lookup-self", token).error().code(), base::Code::denied) << "it is loaded anew";
  EXPECT_EQ(codec::write_json(found).find(token), std::string::npos);
}

TEST_F(Audit, AFewObjectsAreComparedAsOftenAsMany) {
  const std::string token = node.create_token(R"({"policies":["default"]})");
  ASSERT_FALSE(node.read("kv/a", token).ok());
  const Json before = audit(), after = audit();
  for (const char* cache : {"tokens", "policies"}) {
    // Each number finds one, as few as there are.
    EXPECT_GE(member(after, cache, "compared") - member(before, cache, "compared"), 64) << cache;
  }
}

TEST_F(Audit, ShowsWhoWasToldOfWhat) {
  ASSERT_TRUE(node.write("sys/policies/acl/p", R"({"policy":"path \"a\" { capabilities = [\"read\"] }"})").ok());
  const auto reply = node.read("sys/node/invalidations");
  ASSERT_TRUE(reply.ok());
  const Json& told = *reply->data;
  EXPECT_EQ(told["role"].as_string(), "active");
  EXPECT_EQ(told["served_index"].text(), told["commit_index"].text());
  bool seen = false;
  for (const Json& owner : told["owners"].items()) {
    if (owner["owner"].as_string() != "policy") continue;
    seen = true;
    EXPECT_EQ(codec::write_json(owner["prefixes"]), R"(["sys/policy/"])");
    EXPECT_GE(*owner["marks"].as_int(), 1);
    EXPECT_GT(*owner["last_index"].as_int(), 0);
    EXPECT_GE(*owner["last_age_milliseconds"].as_int(), 0);
  }
  EXPECT_TRUE(seen);
  EXPECT_TRUE(node.read("sys/node/raft").ok());
  EXPECT_TRUE(node.read("sys/node/forwarding").ok());
  const std::string nobody = node.create_token(R"({"policies":["default"]})");
  EXPECT_EQ(node.read("sys/node/invalidations", nobody).error().code(), base::Code::denied);
}

}  // namespace
}  // namespace bao::testing
