// The key that signs tokens: what it signs it verifies, and it comes back from storage as it was.
#include "internal/crypto/jose.h"

#include <gtest/gtest.h>

namespace bao::crypto {
namespace {

TEST(Es512, ASignatureHoldsForItsMessageAlone) {
  const auto key = *Es512Key::generate();
  std::string signature = *key.sign("message");
  EXPECT_EQ(signature.size(), 132u);
  EXPECT_TRUE(key.verify("message", signature));
  EXPECT_FALSE(key.verify("massage", signature));
  EXPECT_FALSE(Es512Key::generate()->verify("message", signature));
  signature[5] = static_cast<char>(signature[5] ^ 1);
  EXPECT_FALSE(key.verify("message", signature));
  EXPECT_FALSE(key.verify("message", std::string(132, '\0')));
  EXPECT_FALSE(key.verify("message", ""));
}

TEST(Es512, AKeySurvivesBeingStored) {
  const auto key = *Es512Key::generate();
  const auto again = Es512Key::from_numbers(*key.numbers());
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again->verify("m", *key.sign("m")));
  EXPECT_TRUE(key.verify("m", *again->sign("m")));
}

TEST(Es512, WhatIsNoKeyIsRefused) {
  EcKeyNumbers numbers = *Es512Key::generate()->numbers();
  EXPECT_FALSE(Es512Key::from_numbers({"", "", base::SecretBytes()}).ok());
  EXPECT_FALSE(Es512Key::from_numbers({"-1", numbers.y, numbers.d.clone()}).ok());
  EXPECT_FALSE(Es512Key::from_numbers({std::string(500, '9'), numbers.y, numbers.d.clone()}).ok());
  EXPECT_FALSE(Es512Key::from_numbers({numbers.y, numbers.x, numbers.d.clone()}).ok());
  EXPECT_FALSE(Es512Key::from_numbers({numbers.x, numbers.y, base::SecretBytes("2")}).ok());
}

}  // namespace
}  // namespace bao::crypto
