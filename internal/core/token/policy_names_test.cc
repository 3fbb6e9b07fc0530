// Order and subset of policy names as clients see them in answers.
#include <gtest/gtest.h>

#include "internal/core/token/auth_json.h"
#include "internal/core/token/policy_names.h"

namespace bao::core {
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

TEST(AuthJson, SurvivesARoundTrip) {
  logical::Auth auth;
  auth.client_token = "s.x";
  auth.policies = auth.token_policies = {"a"};
  auth.metadata.emplace().emplace("k", "v");
  auth.ttl = std::chrono::hours(1);
  auth.renewable = true;
  auth.token_type = "batch";
  const logical::Auth back = auth_from_json(auth_to_json(auth));
  EXPECT_EQ(auth_to_json(back), auth_to_json(auth));
  EXPECT_TRUE(codec::write_json(auth_to_json(auth)).starts_with(R"({"lease":3600000000000,"max_ttl":0,"renewable":true,"internal_data":null,)"));
}

}  // namespace
}  // namespace bao::core
