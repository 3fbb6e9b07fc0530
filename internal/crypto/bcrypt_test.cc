// What userpass relies on: hashes of OpenBao and htpasswd are known, equal work for those that are of nobody, and the limit of
// 72 bytes.
#include "internal/crypto/bcrypt.h"

#include <gtest/gtest.h>

namespace bao::crypto {
namespace {

TEST(Bcrypt, KnowsTheHashesOfOthers) {
  // Vectors of OpenBSD, as golang.org/x/crypto/bcrypt has them.
  EXPECT_TRUE(*bcrypt_matches("$2a$10$XajjQvNhvvRt5GSeFk1xFeyqRrsxkhBkUiQeg0dt.wU1qD4aFDcga", "allmine"));
  EXPECT_FALSE(*bcrypt_matches("$2a$10$XajjQvNhvvRt5GSeFk1xFeyqRrsxkhBkUiQeg0dt.wU1qD4aFDcga", "allmind"));
}

TEST(Bcrypt, WhatItHashesItKnows) {
  const auto hash = bcrypt_hash("blue-lamp");
  ASSERT_TRUE(hash.ok());
  EXPECT_EQ(bcrypt_cost(*hash), kBcryptCost);
  EXPECT_NE(*hash, *bcrypt_hash("blue-lamp"));
  EXPECT_TRUE(*bcrypt_matches(*hash, "blue-lamp"));
  EXPECT_FALSE(*bcrypt_matches(*hash, "blue-lamp "));
  EXPECT_FALSE(*bcrypt_matches(*hash, std::string("blue-lamp\0x", 11)));
}

TEST(Bcrypt, PasswordsThatItWouldCutAreRefusedAndOldOnesOfThemWork) {
  const std::string longest(kBcryptPasswordMax, 'x');
  EXPECT_EQ(bcrypt_hash(longest + "y").error().message(), "bcrypt: password length exceeds 72 bytes");
  EXPECT_TRUE(*bcrypt_matches(*bcrypt_hash(longest), longest + "tail"));
}

TEST(Bcrypt, WhatIsNoHashHasNoCost) {
  EXPECT_FALSE(bcrypt_cost(""));
  EXPECT_FALSE(bcrypt_cost("$2a$10$abcdefghijklmnopqrstuv"));
  EXPECT_FALSE(bcrypt_cost("$2a$03$XajjQvNhvvRt5GSeFk1xFeyqRrsxkhBkUiQeg0dt.wU1qD4aFDcga"));
  EXPECT_FALSE(bcrypt_cost("$6$rounds=5000$saltstring$XajjQvNhvvRt5GSeFk1xFeyqRrsxkhBkUi"));
  EXPECT_FALSE(*bcrypt_matches("", ""));
}

TEST(Bcrypt, NobodyHasAHashThatCostsAsMuch) {
  EXPECT_EQ(bcrypt_cost(bcrypt_of_nobody()), kBcryptCost);
  EXPECT_FALSE(*bcrypt_matches(bcrypt_of_nobody(), "dummy"));
}

}  // namespace
}  // namespace bao::crypto
