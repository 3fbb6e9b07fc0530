// Passwords that a policy asks for, and policies that are refused with the reference's words.
#include "internal/core/system/password_policy.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace bao::core::sys {
namespace {

std::string refusal(std::string_view text) {
  const auto policy = PasswordPolicy::parse(text);
  return policy.ok() ? "" : policy.error().message();
}

TEST(PasswordPolicy, GeneratesWhatItsRulesAskFor) {
  const auto policy = PasswordPolicy::parse(
      "length = 20\nrule \"charset\" { charset = \"abcdef\" min-chars = 3 }\nrule \"charset\" { charset = \"XYZ\" min-chars = 2 }");
  ASSERT_TRUE(policy.ok()) << policy.error().message();
  for (int i = 0; i < 50; ++i) {
    const auto password = policy->generate();
    ASSERT_TRUE(password.ok());
    EXPECT_EQ(password->size(), 20u);
    EXPECT_EQ(password->find_first_not_of("abcdefXYZ"), std::string::npos);
    EXPECT_GE(std::count_if(password->begin(), password->end(), [](char c) { return c < 'a'; }), 2);
    EXPECT_GE(std::count_if(password->begin(), password->end(), [](char c) { return c >= 'a'; }), 3);
  }
}

TEST(PasswordPolicy, CountsCharactersNotBytes) {
  const auto policy = PasswordPolicy::parse("length = 4\nrule \"charset\" { charset = \"\u00e9\u20ac\" }");
  ASSERT_TRUE(policy.ok()) << policy.error().message();
  const std::string password = *policy->generate();
  EXPECT_GE(password.size(), 8u);
  EXPECT_LE(password.size(), 12u);
}

TEST(PasswordPolicy, TakesJson) {
  const auto policy = PasswordPolicy::parse(R"({"length": 4, "rule": {"charset": {"charset": "z"}}})");
  ASSERT_TRUE(policy.ok()) << policy.error().message();
  EXPECT_EQ(*policy->generate(), "zzzz");
}

TEST(PasswordPolicy, RefusesWithTheReferencesWords) {
  EXPECT_EQ(refusal("length = 8"), "1 error occurred:\n\t* no charset specified\n\n");
  EXPECT_EQ(refusal("rule \"charset\" { charset = \"abc\" }"), "1 error occurred:\n\t* length must be > 0\n\n");
  EXPECT_EQ(refusal("length = 6\nrule \"charset\" { charset = \"a\" min-chars = 4 }\nrule \"charset\" { charset = \"b\" min-chars = 4 }"),
            "1 error occurred:\n\t* specified rules require at least 8 characters but 6 is specified\n\n");
  EXPECT_EQ(refusal("length = 8\nrule \"dictionary\" { words = \"x\" }"),
            "unable to parse rules: unable to parse rule dictionary: unrecognized rule type dictionary");
  EXPECT_EQ(refusal("length = = 8"), "unable to decode: At 1:10: Unknown token: 1:10 ASSIGN =");
}

}  // namespace
}  // namespace bao::core::sys
