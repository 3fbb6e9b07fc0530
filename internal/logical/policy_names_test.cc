// Order and subset of policy names as clients see them in answers.
#include <gtest/gtest.h>

#include "internal/logical/policy_names.h"

namespace bao::logical {
namespace {

using Names = std::vector<std::string>;

TEST(PolicyNames, AreTrimmedLoweredSortedAndUnique) {
  EXPECT_EQ(sanitize_policies({"web-read", "Web-Read", " batch-jobs ", ""}, true), (Names{"batch-jobs", "default", "web-read"}));
  EXPECT_EQ(sanitize_policies({"b", "a"}, false), (Names{"a", "b"}));
  EXPECT_EQ(sanitize_policies({}, true), Names{"default"});
}

TEST(PolicyNames, RootStandsAlone) { EXPECT_EQ(sanitize_policies({"web", "Root"}, true), Names{"root"}); }

TEST(PolicyNames, GlobsFitAnywhere) {
  EXPECT_TRUE(glob_matches("dev-*", "dev-"));
  EXPECT_TRUE(glob_matches("*", ""));
  EXPECT_TRUE(glob_matches("a*c*e", "abcde"));
  EXPECT_FALSE(glob_matches("dev-*", "prod-dev-x"));
  EXPECT_FALSE(glob_matches("a*c", "abcd"));
  EXPECT_TRUE(any_glob_matches({"x", "*-ro"}, "kv-ro"));
}

}  // namespace
}  // namespace bao::logical
