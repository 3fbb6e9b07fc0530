#include "internal/crypto/x509/jws_signature.h"

#include <gtest/gtest.h>

namespace bao::crypto::x509 {
namespace {

std::string bytes_of_hex(std::string_view hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return bytes;
}

TEST(JwsSignature, WhatAKeySignsItsPublicHalfVerifiesAndNoOtherAlgorithmDoes) {
  struct Case {
    KeyType type;
    int bits;
    std::vector<std::string> algorithms;
    size_t size;  // of a signature
  };
  const Case cases[] = {{KeyType::rsa, 2048, {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}, 256},
                        {KeyType::ec, 256, {"ES256"}, 64},
                        {KeyType::ec, 384, {"ES384"}, 96},
                        {KeyType::ec, 521, {"ES512"}, 132},
                        {KeyType::ed25519, 0, {"EdDSA"}, 64}};
  for (const Case& each : cases) {
    const PrivateKey key = *PrivateKey::generate(each.type, each.bits);
    for (const std::string& algorithm : each.algorithms) {
      const auto signature = sign_jws(key, algorithm, "text");
      ASSERT_TRUE(signature.ok()) << algorithm;
      EXPECT_EQ(signature->size(), each.size) << algorithm;
      EXPECT_TRUE(verify_jws(key.public_key(), algorithm, "text", *signature)) << algorithm;
      EXPECT_FALSE(verify_jws(key.public_key(), algorithm, "Text", *signature)) << algorithm;
      for (const char* other : {"RS256", "PS256", "ES256", "ES384", "ES512", "EdDSA", "HS256", "none", ""}) {
        if (other == algorithm) continue;
        EXPECT_FALSE(verify_jws(key.public_key(), other, "text", *signature)) << algorithm << " as " << other;
      }
    }
    EXPECT_FALSE(sign_jws(key, each.type == KeyType::ed25519 ? "ES256" : "EdDSA", "text").ok());
  }
}

// RFC 8032 7.1, test 2.
TEST(JwsSignature, AnEd25519KeyIsItsBytes) {
  const auto key = ed25519_public_key(bytes_of_hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"));
  ASSERT_TRUE(key.ok());
  EXPECT_TRUE(verify_jws(*key, "EdDSA", "r",
                         bytes_of_hex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                                      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")));
}

TEST(JwsSignature, NumbersThatAreNoKeyAreRefused) {
  const std::string number(32, '\x01');
  EXPECT_FALSE(ec_public_key(256, number, number).ok());  // not on the curve
  EXPECT_FALSE(ec_public_key(256, number, "").ok());
  EXPECT_FALSE(ec_public_key(224, std::string(28, '\x01'), std::string(28, '\x01')).ok());
  EXPECT_FALSE(ed25519_public_key("short").ok());
  EXPECT_FALSE(rsa_public_key("", "").ok());
}

}  // namespace
}  // namespace bao::crypto::x509
