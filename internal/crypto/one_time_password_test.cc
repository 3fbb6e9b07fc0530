#include "internal/crypto/one_time_password.h"

#include <gtest/gtest.h>

namespace bao::crypto {
namespace {

// RFC 4226, appendix D.
TEST(OneTimePassword, OfCountersIsThatOfTheStandard) {
  const std::string key = "12345678901234567890";
  const char* expected[] = {"755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"};
  for (uint64_t counter = 0; counter < 10; ++counter) EXPECT_EQ(one_time_password(PasscodeHash::sha1, key, counter, 6), expected[counter]);
}

// RFC 6238, appendix B: periods of 30 s.
TEST(OneTimePassword, OfTimesIsThatOfTheStandard) {
  const std::string sha1 = "12345678901234567890", sha256 = sha1 + "123456789012";
  const std::string sha512 = sha1 + sha1 + sha1 + "1234";
  EXPECT_EQ(one_time_password(PasscodeHash::sha1, sha1, 59 / 30, 8), "94287082");
  EXPECT_EQ(one_time_password(PasscodeHash::sha256, sha256, 59 / 30, 8), "46119246");
  EXPECT_EQ(one_time_password(PasscodeHash::sha512, sha512, 59 / 30, 8), "90693936");
  EXPECT_EQ(one_time_password(PasscodeHash::sha1, sha1, 1111111109 / 30, 8), "07081804");
  EXPECT_EQ(one_time_password(PasscodeHash::sha1, sha1, 20000000000 / 30, 8), "65353130");
  EXPECT_EQ(one_time_password(PasscodeHash::sha256, sha256, 20000000000 / 30, 8), "77737706");
  EXPECT_EQ(one_time_password(PasscodeHash::sha512, sha512, 20000000000 / 30, 8), "47863826");
}

}  // namespace
}  // namespace bao::crypto
