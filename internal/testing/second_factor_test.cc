// Logins that are asked for a second factor, on a whole node.
#include <gtest/gtest.h>

#include <chrono>

#include "internal/codec/base32.h"
#include "internal/crypto/one_time_password.h"
#include "internal/testing/test_core.h"

namespace bao::testing {
namespace {

using codec::Json;
using logical::Reply;

constexpr int64_t kPeriod = 30;

class SecondFactors : public ::testing::Test {
 protected:
  SecondFactors() {
    must(node.write("sys/auth/userpass", R"({"type":"userpass"})"));
    must(node.write("auth/userpass/users/ann", R"({"password":"correct horse"})"));
    method = must(node.write("identity/mfa/method/totp", R"({"issuer":"Shop","method_name":"shop"})"))["method_id"].as_string();
    entity = must_login()->entity_id;
    const std::string url = must(node.write("identity/mfa/method/totp/admin-generate",
                                            R"({"method_id":")" + method + R"(","entity_id":")" + entity + "\"}"))["url"].as_string();
    key = *codec::from_base32(url.substr(url.find("secret=") + 7));
  }
  void enforce() { enforce("auth_method_types", "userpass"); }
  void enforce(const std::string& whose, const std::string& value) {
    must(node.write("identity/mfa/login-enforcement/all",
                    R"({"mfa_method_ids":[")" + method + R"("],")" + whose + R"(":[")" + value + "\"]}"));
  }
  static Json must(const Reply& reply) {
    EXPECT_TRUE(reply.ok()) << TestCore::text_of(reply);
    return reply.ok() && reply->data ? *reply->data : Json();
  }
  std::optional<logical::Auth> must_login() {
    const Reply reply = log_in();
    EXPECT_TRUE(reply.ok() && reply->auth) << TestCore::text_of(reply);
    return reply->auth;
  }
  Reply log_in(const std::string& factor = "", const std::string& password = "correct horse") {
    auto request = node.request(logical::Operation::update, "auth/userpass/login/ann", R"({"password":")" + password + "\"}", TestCore::kNoToken);
    if (!factor.empty()) request.headers.emplace_back("X-Vault-Mfa", factor);
    return node.handle(std::move(request));
  }
  // Of a request that brings its login along.
  core::Core::InlineLogin log_in_inline(const std::string& factor = "") {
    auto request = node.request(logical::Operation::update, "auth/userpass/login/ann", R"({"password":"correct horse"})", TestCore::kNoToken);
    if (!factor.empty()) request.headers.emplace_back("X-Vault-Mfa", factor);
    return node.core().log_in(std::move(request));
  }
  // Of now, or of so many periods later.
  std::string passcode(int64_t periods_later = 0) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(node.clock().now().time_since_epoch()).count();
    return crypto::one_time_password(crypto::PasscodeHash::sha1, key, static_cast<uint64_t>(seconds / kPeriod + periods_later), 6);
  }
  std::string waiting_login() {
    const auto auth = must_login();
    EXPECT_TRUE(auth->client_token.empty());
    EXPECT_TRUE(auth->mfa_requirement.has_value());
    return auth->mfa_requirement ? (*auth->mfa_requirement)["mfa_request_id"].as_string() : "";
  }
  Reply validate(const std::string& id, const std::string& code) {
    return node.write("sys/mfa/validate", R"({"mfa_request_id":")" + id + R"(","mfa_payload":{")" + method + R"(":[")" + code + "\"]}}",
                      TestCore::kNoToken);
  }
  static bool denied(const Reply& reply) { return !reply.ok() && reply.error().code() == base::Code::denied; }

  TestCore node;
  std::string method, entity, key;
};

TEST_F(SecondFactors, AreNotAskedOfOthers) {
  enforce("identity_entity_ids", entity);
  must(node.write("auth/userpass/users/bob", R"({"password":"correct horse"})"));
  const Reply reply = node.write("auth/userpass/login/bob", R"({"password":"correct horse"})", TestCore::kNoToken);
  ASSERT_TRUE(reply.ok());
  EXPECT_FALSE(reply->auth->client_token.empty());
}

TEST_F(SecondFactors, BesideTheLoginGiveAToken) {
  enforce();
  for (const std::string& name : {method, std::string("shop")}) {
    const Reply reply = log_in(name + ":" + passcode());
    ASSERT_TRUE(reply.ok()) << TestCore::text_of(reply);
    EXPECT_FALSE(reply->auth->client_token.empty());
    node.clock().advance(std::chrono::seconds(kPeriod));
  }
}

TEST_F(SecondFactors, AfterTheLoginGiveAToken) {
  enforce();
  const std::string id = waiting_login();
  const Reply reply = validate(id, passcode());
  ASSERT_TRUE(reply.ok()) << TestCore::text_of(reply);
  EXPECT_EQ(reply->auth->display_name, "userpass-ann");
  EXPECT_EQ(reply->auth->entity_id, entity);
  EXPECT_TRUE(node.read("auth/token/lookup-self", reply->auth->client_token).ok());
  node.clock().advance(std::chrono::seconds(kPeriod));
  EXPECT_FALSE(validate(id, passcode()).ok()) << "one login, one token";
}

TEST_F(SecondFactors, WithoutThePasswordAreWorthNothing) {
  enforce();
  EXPECT_FALSE(log_in(method + ":" + passcode(), "wrong").ok());
  EXPECT_FALSE(validate("11111111-2222-3333-4444-555555555555", passcode()).ok());
}

TEST_F(SecondFactors, CountOnce) {
  enforce();
  const std::string code = passcode();
  const std::string first = waiting_login(), second = waiting_login();
  ASSERT_TRUE(validate(first, code).ok());
  EXPECT_TRUE(denied(validate(second, code)));
  EXPECT_TRUE(denied(log_in(method + ":" + code)));
  node.restart();
  node.unseal();
  EXPECT_TRUE(denied(log_in(method + ":" + code))) << "nor after a restart";
}

// CVE-2025-6014: spaces around a passcode made it another one.
TEST_F(SecondFactors, AreTakenToTheLetter) {
  enforce();
  const std::string code = passcode();
  for (const std::string& odd : {" " + code, code + " ", "0" + code, code.substr(1), std::string("passcode="), std::string()}) {
    EXPECT_TRUE(denied(validate(waiting_login(), odd))) << "'" << odd << "'";
  }
  EXPECT_TRUE(validate(waiting_login(), "passcode=" + code).ok());
}

TEST_F(SecondFactors, OfNeighbouringPeriodsCountAndOfOthersDoNot) {
  enforce();
  EXPECT_TRUE(denied(log_in(method + ":" + passcode(2))));
  EXPECT_TRUE(denied(log_in(method + ":" + passcode(-2))));
  EXPECT_TRUE(log_in(method + ":" + passcode(-1)).ok());
  EXPECT_TRUE(log_in(method + ":" + passcode(1)).ok());
  EXPECT_TRUE(denied(log_in(method + ":" + passcode()))) << "of a period before the last";
}

// CVE-2025-6015: whoever guesses is stopped.
TEST_F(SecondFactors, AreTriedFiveTimesAPeriod) {
  enforce();
  const std::string id = waiting_login();
  const std::string wrong = passcode() == "000000" ? "000001" : "000000";
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(denied(validate(id, wrong)));
  const Reply reply = validate(id, passcode());
  ASSERT_TRUE(denied(reply));
  EXPECT_NE(reply.error().message().find("maximum TOTP validation attempts"), std::string::npos);
  node.clock().advance(std::chrono::seconds(kPeriod));
  EXPECT_TRUE(validate(id, passcode()).ok());
}

TEST_F(SecondFactors, AreWaitedForFiveMinutes) {
  enforce();
  const std::string id = waiting_login();
  node.clock().advance(std::chrono::minutes(5));
  const Reply reply = validate(id, passcode());
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().message(), "invalid request ID");
}

TEST_F(SecondFactors, OfALoginThatWouldFailByNowAreRefused) {
  enforce();
  const std::string before = waiting_login();
  must(node.write("auth/userpass/users/ann/password", R"({"password":"another"})"));
  EXPECT_TRUE(denied(validate(before, passcode())));
}

// CVE-2022-30689: enforcements were forgotten when the server started.
TEST_F(SecondFactors, AreAskedForAfterARestart) {
  enforce();
  node.restart();
  node.unseal();
  waiting_login();
}

TEST_F(SecondFactors, OfADeletedEnforcementAreAskedForNoMore) {
  enforce();
  must(node.remove("identity/mfa/login-enforcement/all"));
  EXPECT_FALSE(must_login()->client_token.empty());
  node.restart();
  node.unseal();
  EXPECT_FALSE(must_login()->client_token.empty());
}

TEST_F(SecondFactors, AreAskedOfGroupsMembersOfMembersToo) {
  const std::string inner = must(node.write("identity/group", R"({"name":"inner","member_entity_ids":[")" + entity + "\"]}"))["id"].as_string();
  const std::string outer = must(node.write("identity/group", R"({"name":"outer","member_group_ids":[")" + inner + "\"]}"))["id"].as_string();
  enforce("identity_group_ids", outer);
  waiting_login();
}

// There is nobody who could go on with the login later: no token is filed, and the answer is another request's.
TEST_F(SecondFactors, ComeWithARequestThatBringsItsLoginAlongOrItIsRefused) {
  enforce();
  const auto without = log_in_inline();
  EXPECT_EQ(without.caller, nullptr);
  ASSERT_FALSE(without.reply.ok()) << TestCore::text_of(without.reply);
  EXPECT_EQ(without.reply.error().code(), base::Code::invalid);
  EXPECT_NE(without.reply.error().message().find("use the X-Vault-MFA header"), std::string::npos);

  const auto wrong = log_in_inline(method + ":" + passcode(5));
  EXPECT_EQ(wrong.caller, nullptr);
  EXPECT_TRUE(denied(wrong.reply));

  const auto right = log_in_inline(method + ":" + passcode());
  ASSERT_NE(right.caller, nullptr) << TestCore::text_of(right.reply);
  const auto again = log_in_inline(method + ":" + passcode());
  EXPECT_EQ(again.caller, nullptr) << "a passcode counts once";
}

TEST_F(SecondFactors, WithoutAKeyLetNobodyIn) {
  enforce();
  must(node.write("identity/mfa/method/totp/admin-destroy", R"({"method_id":")" + method + R"(","entity_id":")" + entity + "\"}"));
  EXPECT_TRUE(denied(log_in(method + ":" + passcode())));
}

TEST_F(SecondFactors, OfMethodsInUseStay) {
  enforce();
  EXPECT_FALSE(node.remove("identity/mfa/method/totp/" + method).ok());
  must(node.remove("identity/mfa/login-enforcement/all"));
  EXPECT_TRUE(node.remove("identity/mfa/method/totp/" + method).ok());
}

}  // namespace
}  // namespace bao::testing
