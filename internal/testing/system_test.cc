// sys/ over a whole core: what administrators rely on.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "internal/codec/encoding.h"
#include "internal/core/quota/rate_limits.h"
#include "internal/core/under_way.h"
#include "internal/crypto/hash.h"
#include "internal/testing/test_core.h"

namespace bao::testing {
namespace {

using codec::Json;
using logical::Operation;

class System : public ::testing::Test {
 protected:
  static std::string text(const logical::Reply& reply) { return TestCore::text_of(reply); }
  static std::string refusal(const logical::Reply& reply) { return reply.ok() ? "" : reply.error().message(); }
  Json data(const logical::Reply& reply) {
    EXPECT_TRUE(reply.ok()) << (reply.ok() ? "" : reply.error().message());
    return reply.ok() && reply->data ? *reply->data : Json();
  }
  std::string token_with(const std::string& name, const std::string& policy) {
    EXPECT_EQ(text(node.write("sys/policies/acl/" + name, codec::write_json(Json::object({{"policy", policy}})))), "empty");
    return node.create_token(R"({"policies":[")" + name + R"("]})");
  }

  TestCore node;
};

TEST_F(System, MountsAreShownAsTheyWereMade) {
  ASSERT_EQ(text(node.write("sys/mounts/kv", R"({"type":"kv-v2","description":"d","config":{"max_lease_ttl":"6h"}})")), "empty");
  const auto reply = node.read("sys/mounts/kv");
  EXPECT_TRUE(reply->spread_data);
  const Json mount = data(reply);
  EXPECT_EQ(mount["type"].as_string(), "kv");
  EXPECT_EQ(mount["options"]["version"].as_string(), "2");
  EXPECT_EQ(mount["config"]["max_lease_ttl"].text(), "21600");
  EXPECT_EQ(mount["deprecation_status"].as_string(), "supported");
  EXPECT_TRUE(data(node.read("sys/mounts"))["cubbyhole/"]["options"].is_null());
  EXPECT_EQ(refusal(node.read("sys/mounts/none")), "No secret engine mount at none/");
}

TEST_F(System, WhatIsThereCannotBeMountedOver) {
  ASSERT_EQ(text(node.write("sys/mounts/one/two", R"({"type":"kv"})")), "empty");
  EXPECT_EQ(refusal(node.write("sys/mounts/one", R"({"type":"kv"})")), "path is already in use at one/two/");
  EXPECT_EQ(refusal(node.write("sys/mounts/one/two/three", R"({"type":"kv"})")), "path is already in use at one/two/");
  EXPECT_EQ(refusal(node.write("sys/mounts/x", R"({"type":"no-such"})")), "plugin not found in the catalog: no-such");
  EXPECT_EQ(refusal(node.remove("sys/mounts/sys")), "cannot unmount \"sys/\"");
}

TEST_F(System, UnmountingTakesTheDataWithIt) {
  ASSERT_EQ(text(node.write("sys/mounts/kv", R"({"type":"kv"})")), "empty");
  ASSERT_EQ(text(node.write("kv/a", R"({"x":1})")), "empty");
  ASSERT_EQ(text(node.remove("sys/mounts/kv")), "empty");
  EXPECT_EQ(text(node.remove("sys/mounts/kv")), "empty");
  ASSERT_EQ(text(node.write("sys/mounts/kv", R"({"type":"kv"})")), "empty");
  EXPECT_EQ(node.read("kv/a").error().code(), base::Code::absent);
}

TEST_F(System, TuningUpgradesAVersionAndNeverGoesBack) {
  ASSERT_EQ(text(node.write("sys/mounts/kv", R"({"type":"kv"})")), "empty");
  ASSERT_EQ(text(node.write("kv/a", R"({"x":1})")), "empty");
  const auto upgrade = node.write("sys/mounts/kv/tune", R"({"options":{"version":"2"}})");
  ASSERT_TRUE(upgrade.ok()) << upgrade.error().message();
  EXPECT_EQ(upgrade->warnings.size(), 1u);
  EXPECT_NE(codec::write_json(data(node.read("kv/data/a"))).find(R"("data":{"x":1})"), std::string::npos);
  EXPECT_EQ(refusal(node.write("sys/mounts/kv/tune", R"({"options":{"version":"1"}})")),
            "cannot downgrade mount from version 2");
}

TEST_F(System, AMovedMountKeepsItsData) {
  ASSERT_EQ(text(node.write("sys/mounts/here", R"({"type":"kv"})")), "empty");
  ASSERT_EQ(text(node.write("here/a", R"({"x":1})")), "empty");
  const Json moved = data(node.write("sys/remount", R"({"from":"here","to":"there/far"})"));
  EXPECT_EQ(codec::write_json(data(node.read("there/far/a"))), R"({"x":1})");
  EXPECT_FALSE(node.read("here/a").ok());
  const Json status = data(node.read("sys/remount/status/" + moved["migration_id"].as_string()));
  EXPECT_EQ(status["migration_info"]["status"].as_string(), "success");
  EXPECT_EQ(refusal(node.write("sys/remount", R"({"from":"sys","to":"x"})")), "cannot remount \"sys/\"");
}

TEST_F(System, TokensOfAMovedMethodEndWithTheMove) {
  ASSERT_EQ(text(node.write("sys/auth/here", R"({"type":"userpass"})")), "empty");
  ASSERT_EQ(text(node.write("auth/here/users/kim", R"({"password":"pw-kim-1"})")), "empty");
  const auto login = node.write("auth/here/login/kim", R"({"password":"pw-kim-1"})");
  ASSERT_TRUE(login.ok()) << login.error().message();
  const std::string token = login->auth->client_token;
  ASSERT_TRUE(node.read("auth/token/lookup-self", token).ok());
  ASSERT_TRUE(node.write("sys/remount", R"({"from":"auth/here","to":"auth/there"})").ok());
  EXPECT_EQ(node.read("auth/token/lookup-self", token).error().code(), base::Code::denied);
  EXPECT_TRUE(node.write("auth/there/login/kim", R"({"password":"pw-kim-1"})").ok());
}

TEST_F(System, TwoWhoMoveToOnePathAtOnceDontBothGetIt) {
  for (const char* mount : {"a", "b"}) ASSERT_EQ(text(node.write(std::string("sys/mounts/") + mount, R"({"type":"kv"})")), "empty");
  std::atomic<int> moved{0};
  std::vector<std::thread> threads;
  for (const char* from : {"a", "b"}) {
    threads.emplace_back([&, from] { moved += node.write("sys/remount", std::string(R"({"from":")") + from + R"(","to":"c"})").ok(); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(moved, 1);
}

TEST_F(System, WhatIsUnderWayIsShown) {
  const core::UnderWay::Entry request(node.core().under_way(),
                                      {"11111111-1111-1111-1111-111111111111", "GET", "/v1/slow", "10.1.2.3", 4000});
  const Json all = *codec::parse_json(node.read("sys/in-flight-req")->raw->body);
  const Json& shown = all["11111111-1111-1111-1111-111111111111"];
  EXPECT_EQ(shown["request_path"].as_string(), "/v1/slow");
  EXPECT_EQ(shown["client_remote_address"].as_string(), "10.1.2.3:4000");
  EXPECT_EQ(shown["request_method"].as_string(), "GET");
  EXPECT_EQ(shown["client_id"].as_string(), codec::to_base64(crypto::sha256(std::string("root\0root", 9)))) << "of the token that it came with";
}

TEST_F(System, ARateLimitOfARoleCountsItsLogins) {
  ASSERT_EQ(text(node.write("sys/auth/ar", R"({"type":"approle"})")), "empty");
  ASSERT_EQ(text(node.write("sys/auth/up", R"({"type":"userpass"})")), "empty");
  for (const char* role : {"ci", "web"}) {
    ASSERT_EQ(text(node.write(std::string("auth/ar/role/") + role, "{}")), "empty");
    ASSERT_EQ(text(node.write(std::string("auth/ar/role/") + role + "/role-id", std::string(R"({"role_id":"id-of-)") + role + "\"}")), "empty");
  }
  const auto set = [&](const char* path) {
    return refusal(node.write("sys/quotas/rate-limit/q", std::string(R"({"rate":1,"role":"ci","path":")") + path + "\"}"));
  };
  EXPECT_EQ(set("auth/up"), "Mount path \"auth/up/\" does not support use with role-based quotas");
  EXPECT_EQ(set("cubbyhole"), "Mount path \"cubbyhole/\" is not a valid auth method and therefore unsuitable for use with role-based quotas");
  EXPECT_NE(set("auth/ar/login"), "") << "a path and a role";
  ASSERT_EQ(set("auth/ar"), "");
  const auto admitted = [&](const char* path, const char* body) { return node.core().rate_limits().admit(path, "10.0.0.1", body).allowed; };
  EXPECT_TRUE(admitted("auth/ar/login", R"({"role_id":"id-of-ci","secret_id":"x"})"));
  EXPECT_FALSE(admitted("auth/ar/login", R"({"role_id":" id-of-ci ","secret_id":"x"})"));
  for (const char* other : {R"({"role_id":"id-of-web"})", R"({"role_id":7})", R"({"role_id":"nobody"})", "{}", "[]", "no JSON", ""}) {
    EXPECT_TRUE(admitted("auth/ar/login", other)) << other;
  }
  EXPECT_TRUE(admitted("auth/ar/role/ci", R"({"role_id":"id-of-ci"})"));
}

TEST_F(System, TheInsideIsShownOnlyWhereTheConfigurationSaysSo) {
  EXPECT_EQ(refusal(node.read("sys/internal/inspect/router/root")),
            "the Vault configuration must set \"introspection_endpoint\" to true to enable this endpoint");
  core::CoreOptions options;
  options.introspection_endpoint = true;
  TestCore open(TestCore::State::unsealed, std::move(options));
  const auto routes = open.read("sys/internal/inspect/router/root");
  ASSERT_TRUE(routes.ok());
  EXPECT_EQ((*routes->data)["root"].items().size(), 4U) << "what every root namespace has";
  EXPECT_FALSE((*routes->data)["root"].items()[0]["storage_prefix"].as_string().empty());
  const auto seen = open.read("sys/internal/inspect/request");
  ASSERT_TRUE(seen.ok());
  EXPECT_EQ((*seen->data)["req"]["path"].as_string(), "sys/internal/inspect/request");
  EXPECT_EQ(text(seen).find(open.root_token()), std::string::npos) << "a token is nowhere in it";
  EXPECT_EQ(open.read("sys/internal/inspect/router/other").error().code(), base::Code::absent);
}

TEST_F(System, LookingIntoTheProcess) {
  const auto ask = [&](const std::string& path, const char* data) {
    return node.handle(node.request(logical::Operation::read, "sys/pprof/" + path, data));
  };
  const auto body = [&](const std::string& path, const char* data = "{}") {
    const auto reply = ask(path, data);
    EXPECT_TRUE(reply.ok() && reply->raw) << path;
    return reply.ok() && reply->raw ? reply->raw->body : "";
  };
  for (const char* kind : {"goroutine", "threadcreate", "heap", "allocs", "block", "mutex"}) {
    EXPECT_EQ(body(kind).substr(0, 2), "\x1f\x8b") << kind << " is no gzip'ed profile";
    EXPECT_FALSE(body(kind, R"({"debug":"1"})").empty()) << kind;
    EXPECT_NE(body("").find(kind), std::string::npos) << "the index lacks " << kind;
  }
  EXPECT_NE(body("goroutine", R"({"debug":"2"})").find("thread "), std::string::npos);
  EXPECT_NE(body("cmdline").find("testing_test"), std::string::npos);
  EXPECT_EQ(body("symbol", R"({"0x1 zz 0x2":""})"), "num_symbols: 1\n0x1 0x1\n0x2 0x2\n");
  EXPECT_EQ(refusal(ask("heap", R"({"seconds":"1"})")), "what changes in some seconds is not told here: ask twice and compare");
  EXPECT_EQ(refusal(ask("trace", R"({"seconds":"91"})")), "seconds 91 exceeds max request duration of 90");
  EXPECT_EQ(refusal(ask("nothing", "{}")), "1 error occurred:\n\t* unsupported path\n\n");
}

TEST_F(System, PoliciesAreCheckedAndSet) {
  const auto put = [&](const char* rest) {
    return refusal(node.write("sys/policies/acl/p", std::string(R"({"policy":"path \"a\" { capabilities = [\"read\"] }")") + rest + "}"));
  };
  EXPECT_EQ(put(R"(,"cas":0)"), "");
  EXPECT_EQ(put(R"(,"cas":-1)"), "check-and-set parameter set to -1 on existing entry");
  EXPECT_EQ(put(R"(,"cas":1,"cas_required":true)"), "");
  EXPECT_EQ(put(""), "check-and-set parameter required for this call");
  EXPECT_EQ(put(R"(,"cas":1)"), "check-and-set parameter did not match the current version");
  EXPECT_EQ(data(node.read("sys/policies/acl/p"))["version"].text(), "2");
  EXPECT_EQ(refusal(node.remove("sys/policies/acl/root")), "cannot delete \"root\" policy");
  EXPECT_EQ(refusal(node.remove("sys/policies/acl/default")), "cannot delete default policy");
}

TEST_F(System, CapabilitiesAreWhatPoliciesGrant) {
  const std::string token = token_with("reader", R"(path "kv/a" { capabilities = ["read", "list"] })");
  const Json self = data(node.write("sys/capabilities-self", R"({"paths":["kv/a","kv/b"]})", token));
  EXPECT_EQ(codec::write_json(self), R"({"kv/a":["list","read"],"kv/b":["deny"]})");
  EXPECT_EQ(codec::write_json(data(node.write("sys/capabilities-self", R"({"path":"kv/a"})"))),
            R"({"capabilities":["root"],"kv/a":["root"]})");
  EXPECT_EQ(refusal(node.write("sys/capabilities", R"({"token":"s.none","paths":["a"]})")),
            "1 error occurred:\n\t* invalid token\n\n");
}

TEST_F(System, ThePreflightShowsOnlyWhatTheCallerMayTouch) {
  ASSERT_EQ(text(node.write("sys/mounts/kv", R"({"type":"kv"})")), "empty");
  const std::string token = token_with("reader", R"(path "kv/a" { capabilities = ["read"] })");
  EXPECT_EQ(data(node.read("sys/internal/ui/mounts/kv/a/b", token))["path"].as_string(), "kv/");
  const std::string other = token_with("other", R"(path "x" { capabilities = ["read"] })");
  EXPECT_EQ(node.read("sys/internal/ui/mounts/kv", other).error().code(), base::Code::denied);
  EXPECT_EQ(node.read("sys/internal/ui/mounts/none").error().code(), base::Code::denied);
  EXPECT_EQ(codec::write_json(data(node.read("sys/internal/ui/mounts", TestCore::kNoToken))), R"({"auth":{},"secret":{}})");
}

TEST_F(System, RotationSettingsAreBoundedAndKept) {
  EXPECT_EQ(data(node.read("sys/rotate/config"))["interval"].text(), "0");
  ASSERT_EQ(text(node.write("sys/rotate/config", R"({"interval":"720h","max_operations":2000000})")), "empty");
  EXPECT_EQ(data(node.read("sys/rotate/config"))["interval"].as_string(), "720h0m0s");
  EXPECT_EQ(refusal(node.write("sys/rotate/config", R"({"interval":"1h"})")), "interval must be greater or equal to 24h0m0s");
  node.restart();
  node.unseal();
  EXPECT_EQ(data(node.read("sys/rotate/config"))["max_operations"].text(), "2000000");
  ASSERT_EQ(text(node.write("sys/rotate")), "empty");
  EXPECT_EQ(data(node.read("sys/key-status"))["term"].text(), "2");
}

TEST_F(System, OperatorsMakeARootTokenTogether) {
  const Json attempt = data(node.write("sys/generate-root-token/attempt", "{}"));
  const std::string nonce = attempt["nonce"].as_string(), otp = attempt["otp"].as_string();
  EXPECT_EQ(otp.size(), 26u);
  const auto give = [&](const std::string& share) {
    return node.write("sys/generate-root-token/update",
                      codec::write_json(Json::object({{"key", share}, {"nonce", nonce}})));
  };
  EXPECT_NE(refusal(give(std::string(64, '0'))).find("root generation aborted"), std::string::npos);
  const Json done = data(give(node.share()));
  EXPECT_TRUE(done["complete"].as_bool());
  const Json decoded = data(node.write(
      "sys/decode-token", codec::write_json(Json::object({{"encoded_token", done["encoded_token"]}, {"otp", otp}})),
      TestCore::kNoToken));
  EXPECT_TRUE(node.read("sys/mounts", decoded["token"].as_string()).ok());
}

// R-60: rotating the root key rotated the recovery key; a wrong share was returned
TEST_F(System, NewSharesReplaceTheOldOnes) {
  const Json begun = data(node.write("sys/rotate/root/init", R"({"secret_shares":3,"secret_threshold":2})"));
  const Json done = data(node.write("sys/rotate/root/update", codec::write_json(Json::object(
                                                                  {{"key", node.share()}, {"nonce", begun["nonce"]}}))));
  ASSERT_EQ(done["keys"].items().size(), 3u);
  node.restart();
  const auto old = node.core().unseal(node.share());
  EXPECT_TRUE(old.ok() && old->sealed && old->threshold == 2);
  ASSERT_TRUE(node.core().reset_unseal().ok());
  ASSERT_TRUE(node.core().unseal(done["keys"].items()[2].as_string()).ok());
  const auto status = node.core().unseal(done["keys"].items()[0].as_string());
  ASSERT_TRUE(status.ok()) << status.error().message();
  EXPECT_FALSE(status->sealed);
  EXPECT_TRUE(node.read("sys/mounts").ok());
}

TEST_F(System, LeasesAreListedShownAndRevoked) {
  const std::string token = node.create_token(R"({"policies":["default"],"ttl":"30m"})");
  const auto names = data(node.list("sys/leases/lookup/auth/token/create/"))["keys"].items();
  ASSERT_FALSE(names.empty());
  const std::string id = "auth/token/create/" + names.front().as_string();
  const Json lease = data(node.write("sys/leases/lookup", codec::write_json(Json::object({{"lease_id", id}}))));
  EXPECT_EQ(lease["ttl"].text(), "1800");
  EXPECT_EQ(refusal(node.write("sys/leases/lookup", R"({"lease_id":"none"})")), "invalid lease");
  ASSERT_EQ(text(node.write("sys/leases/revoke-prefix/auth/token/create")), "empty");
  EXPECT_FALSE(node.read("auth/token/lookup-self", token).ok());
}

TEST_F(System, TellsWhichVersionsRan) {
  const auto reply = node.list("sys/version-history/");
  if (reply.ok()) {
    EXPECT_FALSE((*reply->data)["keys"].items().empty());
  }
  EXPECT_TRUE(node.read("sys/host-info").ok());
  const auto metrics = node.read("sys/metrics");
  ASSERT_TRUE(metrics.ok() && metrics->raw);
  EXPECT_TRUE(codec::parse_json(metrics->raw->body).ok());
}

}  // namespace
}  // namespace bao::testing
