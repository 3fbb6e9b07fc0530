// A signed wrapping token opens what its signer wrapped, here and in OpenBao, and nothing else.
#include "internal/core/wrapping/jwt.h"

#include <gtest/gtest.h>

#include "internal/barrier/barrier.h"
#include "internal/codec/encoding.h"
#include "internal/crypto/jose.h"
#include "internal/storage/inmem/inmem.h"

namespace bao::core {
namespace {

using base::Status;

constexpr char kKeyPath[] = "core/wrapping/jwtkey";

// Made by an OpenBao 2.6.2 for this test: its key as it lay in storage, and a token that it signed.
constexpr char kOpenBaosKey[] =
    "{\"type\":\"p521\",\"x\":"
    "6269394007065765542378479026784991474638140114873153355209946216343665565824017734763121938561743891337928001308630395125826709631950140026718015714208640610,"
    "\"y\":"
    "2800372302127811323843347403368985747587842404330395810150408310165490917809257912744563087386975919666299036793910846042051200581383612518359315614537946746,"
    "\"d\":"
    "5623053092765022766081250543530980532602089287334952483231880983326367730568633931785533190626769651579776180402877463276657726570136462355622316374896798239}\n";
constexpr char kOpenBaosToken[] =
    "eyJhbGciOiJFUzUxMiIsInR5cCI6IkpXVCJ9."
    "eyJhY2Nlc3NvciI6IiIsImFkZHIiOiIiLCJleHAiOjE3OTU1NjIxNzcsImlhdCI6MTc5NTU2MjExNywianRpIjoicy5QNUdvTXFjdnQ2aDdXS2gxZWRXSmJaS0Qi"
    "LCJuYmYiOjE3OTU1NjIxMTIsInR5cGUiOiJ3cmFwcGluZyJ9."
    "AH9pybBSrUMiKxRorvYx6GlEORE7TZ7ZYAEnnf4i6zN-CBFDpxF0xfa8QXEdYsc0msF-vzD9vu01HYs_Tva64NucAbMjVEfaR_ldEP0U6bqeHe1ZJjizQdOy5dXDcT"
    "-1s-EMjTE5N4AKRZyFpar_zc9FE3XisLArb93-dqx8sPqWQzb9";

class WrappingJwt : public testing::Test {
 protected:
  WrappingJwt() {
    barrier_.set_keyring(std::make_shared<barrier::Keyring>(barrier::Keyring::generate(base::Time(std::chrono::hours(400'000)))));
  }
  void write(const std::function<Status(barrier::Transaction&)>& body) { EXPECT_TRUE(barrier_.transact(body).ok()); }
  std::string refusal(const std::string& token) {
    const auto opened = token_inside_jwt(barrier::Reader(barrier_), token);
    if (opened.ok()) return "opened " + *opened;
    EXPECT_EQ(opened.error().code(), base::Code::denied);
    return opened.error().message();
  }
  std::string signed_with(const std::string& payload) {
    const auto key = crypto_key();
    const std::string text = codec::to_base64url(R"({"alg":"ES512"})") + "." + codec::to_base64url(payload);
    return text + "." + codec::to_base64url(*key.sign(text));
  }
  crypto::Es512Key crypto_key() {
    const auto json = *codec::parse_json(**barrier::Reader(barrier_).get(kKeyPath));
    return *crypto::Es512Key::from_numbers({json["x"].text(), json["y"].text(), base::SecretBytes(json["d"].text())});
  }

  std::unique_ptr<storage::Backend> store_ = storage::inmem::open();
  barrier::Barrier barrier_{*store_};
};

TEST_F(WrappingJwt, WhatIsSignedHereOpensHere) {
  write([](barrier::Transaction& all) { return ensure_wrapping_key(all); });
  const std::string key = **barrier::Reader(barrier_).get(kKeyPath);
  write([](barrier::Transaction& all) { return ensure_wrapping_key(all); });
  EXPECT_EQ(**barrier::Reader(barrier_).get(kKeyPath), key);
  const barrier::Reader all(barrier_);
  const base::Time now(std::chrono::seconds(1'700'000'000));
  const std::string token = *signed_wrapping_token(all, {"s.token", "acc", "https://node:8200", now, std::chrono::seconds(60)});
  ASSERT_TRUE(looks_like_jwt(token));
  EXPECT_EQ(*token_inside_jwt(all, token), "s.token");
  EXPECT_EQ(parse_jwt(token)->payload,
            R"({"accessor":"acc","addr":"https://node:8200","exp":1700000060,"iat":1700000000,"jti":"s.token","nbf":1699999995,"type":"wrapping"})");
}

TEST_F(WrappingJwt, AnOpenBaosTokenOpensWithItsKey) {
  write([](barrier::Transaction& all) { return all.put(kKeyPath, kOpenBaosKey); });
  EXPECT_EQ(refusal(kOpenBaosToken), "opened s.P5GoMqcvt6h7WKh1edWJbZKD");
}

TEST_F(WrappingJwt, WhatIsNotSignedHereIsRefusedInTheReferencesWords) {
  write([](barrier::Transaction& all) { return ensure_wrapping_key(all); });
  const std::string start = "error validating wrapping token: ";
  const std::string unsigned_text = start + "wrapping token signature could not be validated: go-jose/go-jose: error in cryptographic primitive";
  EXPECT_EQ(refusal(kOpenBaosToken), unsigned_text);
  EXPECT_EQ(refusal("eyJhbGciOiJFUzUxMiIsInR5cCI6IkpXVCJ9.e30.AAAA"), unsigned_text);
  EXPECT_EQ(refusal("eyJhb.x.y"), start + "wrapping token could not be parsed: illegal base64 data at input byte 4");
  EXPECT_EQ(refusal("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.AAAA"),
            start + "wrapping token could not be parsed: unexpected signature algorithm \"HS256\"; expected [\"ES512\"]");
  EXPECT_EQ(refusal(signed_with("{}")), start + "could not validate type claim");
  EXPECT_EQ(refusal(signed_with(R"({"type":1})")), start + "could not parse type claim");
  EXPECT_EQ(refusal(signed_with(R"({"type":"login","jti":"s.x"})")), start + "unexpected type claim");
  EXPECT_EQ(refusal(signed_with(R"({"type":"wrapping"})")), start + "token is empty");
}

TEST(LooksLikeJwt, TokensOfTheServersOwnFormsDoNot) {
  EXPECT_FALSE(looks_like_jwt("s.abc.namespace"));
  EXPECT_FALSE(looks_like_jwt("hvs.a.b"));
  EXPECT_FALSE(looks_like_jwt("s.abc"));
  EXPECT_FALSE(looks_like_jwt(""));
  EXPECT_TRUE(looks_like_jwt("eyJh.eyJi.sig"));
}

}  // namespace
}  // namespace bao::core
