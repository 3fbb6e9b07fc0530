// sys/internal/decision: who may ask why a token may do something, and what he is told.
#include <gtest/gtest.h>

#include "internal/testing/test_core.h"

namespace bao::testing {
namespace {

using codec::Json;

constexpr std::string_view kPath = "sys/internal/decision";

class Decisions : public ::testing::Test {
 protected:
  Decisions() {
    write_policy("reader", R"(path \"cubbyhole/*\" { capabilities = [\"read\"] })");
    write_policy("sealer", R"(path \"sys/seal\" { capabilities = [\"update\"] })");
    write_policy("support", R"(path \"sys/internal/decision\" { capabilities = [\"update\", \"sudo\"] })");
    write_policy("nosy", R"(path \"sys/internal/decision\" { capabilities = [\"update\"] })");
    reader = node.create_token(R"({"policies":["reader","sealer"],"no_default_policy":true})");
  }
  void write_policy(const std::string& name, const std::string& text) {
    ASSERT_TRUE(node.write("sys/policies/acl/" + name, "{\"policy\":\"" + text + "\"}").ok());
  }
  Json ask(const std::string& body, std::string_view token) {
    const auto answer = node.write(kPath, body, token);
    EXPECT_TRUE(answer.ok()) << answer.error().message();
    return answer.ok() ? *answer->data : Json();
  }
  std::string of_reader(const std::string& rest) const { return R"({"token":")" + reader + "\"," + rest + "}"; }

  TestCore node;
  std::string reader;
};

TEST_F(Decisions, NameRuleAndPolicies) {
  const Json granted = ask(R"({"operation":"read","path":"cubbyhole/a"})", reader);
  EXPECT_EQ(codec::write_json(granted),
            R"({"allowed":true,"refusal":"","needs_sudo":false,"policies":["reader","sealer"],"token_policies":["reader","sealer"],"identity_policies":[],"rule":"cubbyhole/*",)"
            R"("rules":[{"policy":"reader","path":"cubbyhole/*","capabilities":["read"]}],"granting_policies":["reader"]})");
  EXPECT_EQ(ask(R"({"operation":"delete","path":"cubbyhole/a"})", reader)["refusal"].as_string(), "capability");
  EXPECT_EQ(ask(R"({"operation":"read","path":"elsewhere"})", reader)["refusal"].as_string(), "no_rule");
}

TEST_F(Decisions, KnowOfThePoliciesOfIdentity) {
  ASSERT_TRUE(node.write("sys/auth/staff", R"({"type":"userpass"})").ok());
  ASSERT_TRUE(node.write("auth/staff/users/finn", R"({"password":"pw","token_policies":"sealer"})").ok());
  const auto finn = node.write("auth/staff/login/finn", R"({"password":"pw"})", TestCore::kNoToken);
  ASSERT_TRUE(finn.ok() && finn->auth);
  const std::string& entity = finn->auth->entity_id;
  ASSERT_TRUE(node.write("identity/entity/id/" + entity, R"({"policies":["reader"]})").ok());
  ASSERT_TRUE(node.write("identity/group", R"({"name":"g","policies":["nosy"],"member_entity_ids":[")" + entity + R"("]})").ok());
  const Json told = ask(R"({"operation":"read","path":"cubbyhole/a"})", finn->auth->client_token);
  EXPECT_TRUE(told["allowed"].as_bool());
  EXPECT_EQ(codec::write_json(told["policies"]), R"(["default","nosy","reader","sealer"])");
  EXPECT_EQ(codec::write_json(told["token_policies"]), R"(["default","sealer"])");
  EXPECT_EQ(codec::write_json(told["identity_policies"]), R"(["nosy","reader"])");
}

// What is told is what happens.
TEST_F(Decisions, KnowOfPathsThatNeedSudo) {
  const Json told = ask(R"({"operation":"update","path":"sys/seal"})", reader);
  EXPECT_FALSE(told["allowed"].as_bool());
  EXPECT_EQ(told["refusal"].as_string(), "sudo");
  EXPECT_EQ(node.write("sys/seal", "{}", reader).error().code(), base::Code::denied);
}

TEST_F(Decisions, AboutOthersNeedSudo) {
  const std::string body = of_reader(R"("operation":"read","path":"cubbyhole/a")");
  for (const char* policy : {"nosy", "reader"}) {
    const std::string token = node.create_token(R"({"policies":[")" + std::string(policy) + "\"]}");
    EXPECT_EQ(node.write(kPath, body, token).error().code(), base::Code::denied) << policy;
  }
  const std::string support = node.create_token(R"({"policies":["support"]})");
  EXPECT_TRUE(ask(body, support)["allowed"].as_bool());
  EXPECT_TRUE(ask(body, node.root_token())["allowed"].as_bool());
}

TEST_F(Decisions, AreForThoseWithAToken) {
  const char* body = R"({"operation":"read","path":"cubbyhole/a"})";
  EXPECT_EQ(node.write(kPath, body, TestCore::kNoToken).error().code(), base::Code::denied);
  EXPECT_EQ(node.write(kPath, body, "s.bogus").error().code(), base::Code::denied);
}

TEST_F(Decisions, RefuseWhatIsNoRequest) {
  for (const char* body : {R"({"operation":"own","path":"a"})", R"({"path":"a"})", R"({"operation":"read"})",
                           R"({"token":"s.bogus","operation":"read","path":"a"})"}) {
    EXPECT_EQ(node.write(kPath, body).error().code(), base::Code::invalid) << body;
  }
}

}  // namespace
}  // namespace bao::testing
