#include "internal/engines/pki/acme/jwk.h"

#include <gtest/gtest.h>

namespace bao::engines::pki::acme {
namespace {

Outcome<Jwk> parsed(const std::string& text) { return parse_jwk(*codec::parse_json(text)); }

// RFC 7638 3.1.
TEST(Jwk, TheThumbprintIsThatOfTheRequiredMembersAlone) {
  const auto key = parsed(
      R"({"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"})");
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(key->thumbprint, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
  EXPECT_EQ(key->key.bits(), 2048);
}

// RFC 8037 A.3.
TEST(Jwk, AnEd25519KeyHasAThumbprintToo) {
  const auto key = parsed(R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})");
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(key->thumbprint, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

TEST(Jwk, WhatIsNoKeyOrNotOurKindIsToldApart) {
  const auto type = [](const std::string& text) { return parsed(text).error().type(); };
  EXPECT_EQ(type(R"({"kty":"oct","k":"AAAA"})"), ProblemType::bad_public_key);
  EXPECT_EQ(type(R"({"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"})"), ProblemType::bad_public_key);
  EXPECT_EQ(type(R"({"kty":"RSA","e":"AQAB","n":"w1pa"})"), ProblemType::bad_public_key);  // 24 bits
  EXPECT_EQ(type(R"({"kty":"EC","crv":"P-256","x":"AA","y":"AA"})"), ProblemType::malformed);
  EXPECT_EQ(type(R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","d":"AA"})"), ProblemType::malformed);
  EXPECT_EQ(type("7"), ProblemType::malformed);
}

}  // namespace
}  // namespace bao::engines::pki::acme
