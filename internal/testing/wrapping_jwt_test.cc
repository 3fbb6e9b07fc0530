// X-Vault-Wrap-Format: jwt from request to unwrapped answer.
#include <gtest/gtest.h>

#include "internal/testing/test_core.h"

namespace bao::testing {
namespace {

using logical::Operation;

class SignedWrapping : public ::testing::Test {
 protected:
  std::string wrap() {
    auto request = node.request(Operation::update, "sys/wrapping/wrap", R"({"a":"b"})");
    request.wrap_ttl = std::chrono::minutes(1);
    request.wrap_format = "jwt";
    const auto reply = node.handle(std::move(request));
    EXPECT_TRUE(reply.ok() && reply->wrap) << TestCore::text_of(reply);
    return reply.ok() && reply->wrap ? reply->wrap->token : "";
  }
  static std::string in_body(const std::string& token) { return "{\"token\":\"" + token + "\"}"; }

  TestCore node;
};

TEST_F(SignedWrapping, ATokenInTheHeaderIsLookedUpAndUnwrappedOnce) {
  const std::string token = wrap();
  EXPECT_TRUE(node.write("sys/wrapping/lookup", "{}", token).ok());
  const auto unwrapped = node.write("sys/wrapping/unwrap", "{}", token);
  ASSERT_TRUE(unwrapped.ok()) << unwrapped.error().message();
  EXPECT_NE(unwrapped->raw->body.find(R"("a":"b")"), std::string::npos);
  EXPECT_NE(unwrapped->raw->body.find("No redirect address set"), std::string::npos);
  EXPECT_EQ(node.write("sys/wrapping/unwrap", "{}", token).error().message(), "wrapping token is not valid or does not exist");
}

TEST_F(SignedWrapping, ATokenInTheBodyIsUnwrappedOnce) {
  const std::string token = wrap();
  EXPECT_TRUE(node.write("sys/wrapping/lookup", in_body(token)).ok());
  EXPECT_TRUE(node.write("sys/wrapping/unwrap", in_body(token)).ok());
  EXPECT_EQ(node.write("sys/wrapping/unwrap", in_body(token)).error().message(), "wrapping token is not valid or does not exist");
}

TEST_F(SignedWrapping, RewrappingAsksForItsOwnForm) {
  const auto plain = node.write("sys/wrapping/rewrap", in_body(wrap()));
  ASSERT_TRUE(plain.ok()) << plain.error().message();
  EXPECT_TRUE(plain->wrap->token.starts_with("s."));
  EXPECT_TRUE(node.write("sys/wrapping/unwrap", in_body(plain->wrap->token)).ok());
}

TEST_F(SignedWrapping, ElsewhereASignedTokenIsNoToken) {
  EXPECT_EQ(node.read("auth/token/lookup-self", wrap()).error().code(), base::Code::denied);
}

}  // namespace
}  // namespace bao::testing
