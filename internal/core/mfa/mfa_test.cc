#include <gtest/gtest.h>

#include "internal/core/mfa/credentials.h"
#include "internal/core/mfa/records.h"

namespace bao::core::mfa {
namespace {

TEST(MfaRecords, SurviveWithWhatIsNotKnownOfThem) {
  Method method{.type = "totp", .name = "shop", .id = "m", .namespace_id = "root", .totp = TotpMethod(), .unknown = ""};
  method.totp->settings = {.issuer = "Shop", .period_seconds = 60, .algorithm = crypto::PasscodeHash::sha512, .digits = 8, .skew = 0, .key_size = 32};
  const std::string newer = std::string("\x22\x03" "acc", 5) + std::string("\x9a\x06\x01x", 4);  // mount_accessor, and a field 99
  const auto read = parse_method(serialize(method) + newer);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(serialize(*read), serialize(method) + newer);
  EXPECT_EQ(read->totp->settings.period_seconds, 60u);
  EXPECT_EQ(name_of(read->totp->settings.algorithm), "SHA512");
}

// A Duo method's settings are not known here, and yet they stay.
TEST(MfaRecords, OfOtherTypesStay) {
  const std::string duo = std::string("\x0a\x03" "duo" "\x1a\x01m" "\x42\x05" "\x0a\x03key", 15);
  const auto read = parse_method(duo);
  ASSERT_TRUE(read.ok());
  EXPECT_FALSE(read->totp);
  EXPECT_EQ(serialize(*read), duo);
}

TEST(MfaRecords, ThatCannotBeComputedWithAreDamaged) {
  Secret secret{.method_name = "shop", .settings = {}, .account_name = "e"};
  EXPECT_TRUE(parse_secret(serialize(secret)).ok());
  for (auto change : {+[](TotpSettings& s) { s.period_seconds = 0; }, +[](TotpSettings& s) { s.digits = 60; }, +[](TotpSettings& s) { s.skew = 4'000'000'000; },
                      +[](TotpSettings& s) { s.algorithm = static_cast<crypto::PasscodeHash>(9); }}) {
    Secret broken = secret;
    change(broken.settings);
    EXPECT_FALSE(parse_secret(serialize(broken)).ok());
  }
}

TEST(MfaCredentials, OfHeadersAreByMethod) {
  const auto read = credentials_of(std::vector<std::string>{"shop:123456", "push", "", "a:b:c"});
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, (Credentials{{"shop", {"123456"}}, {"push", {}}, {"a", {"b:c"}}}));
  EXPECT_FALSE(credentials_of(std::vector<std::string>{":123456"}).ok());
  EXPECT_FALSE(credentials_of(std::vector<std::string>{"shop:"}).ok());
}

TEST(MfaCredentials, OfPayloadsAreLists) {
  EXPECT_EQ(*credentials_of(*codec::parse_json(R"({"m":["123456"],"n":null,"o":[]})")), (Credentials{{"m", {"123456"}}, {"n", {}}, {"o", {}}}));
  for (const char* wrong : {R"({"m":"123456"})", R"({"m":[1]})", R"([])", R"("m")"}) EXPECT_FALSE(credentials_of(*codec::parse_json(wrong)).ok()) << wrong;
}

TEST(MfaCredentials, HoldOnePasscode) {
  EXPECT_EQ(*passcode_of({"", "123456"}), "123456");
  EXPECT_EQ(*passcode_of({"passcode=123456"}), "123456");
  EXPECT_EQ(*passcode_of({}), "");
  EXPECT_FALSE(passcode_of({"1", "2"}).ok());
  EXPECT_FALSE(passcode_of({"passcode="}).ok());
  EXPECT_FALSE(passcode_of({"factor=push"}).ok());
}

}  // namespace
}  // namespace bao::core::mfa
