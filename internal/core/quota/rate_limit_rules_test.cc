#include "internal/core/quota/rate_limit_rules.h"

#include <gtest/gtest.h>

namespace bao::core {
namespace {

std::shared_ptr<const RateLimit> limit(const std::string& name, const std::string& mount, const std::string& suffix = "", codec::Json rate = 5) {
  RateLimitRule rule;
  rule.name = name;
  rule.mount_path = mount;
  rule.path_suffix = suffix;
  rule.rate = std::move(rate);
  return std::make_shared<const RateLimit>(std::move(rule));
}

std::string found(const RateLimitRules& rules, std::string_view path, std::string_view mount) {
  const RateLimit* limit = rules.find(path, mount);
  return limit == nullptr ? "" : limit->rule.name;
}

TEST(RateLimitRules, TheRuleOfARoleCountsItsLoginsBeforeAnyOther) {
  RateLimitRule of_role;
  of_role.name = "role";
  of_role.mount_path = "auth/ar/";
  of_role.role = "ci";
  of_role.rate = 5;
  const RateLimitRules rules({}, {limit("mount", "auth/ar/"), limit("path", "auth/ar/", "login"), std::make_shared<const RateLimit>(of_role)});
  EXPECT_EQ(rules.find("auth/ar/login", "auth/ar/", "ci")->rule.name, "role");
  EXPECT_EQ(rules.find("auth/ar/login", "auth/ar/", "web")->rule.name, "path");
  EXPECT_EQ(found(rules, "auth/ar/role", "auth/ar/"), "mount");
  EXPECT_TRUE(rules.asks_for_roles("auth/ar/"));
  EXPECT_FALSE(RateLimitRules({}, {limit("mount", "kv/")}).asks_for_roles("kv/"));
}

TEST(RateLimitRules, TheClosestRuleCountsARequest) {
  const RateLimitRules rules({}, {limit("all", ""), limit("mount", "kv/"), limit("path", "kv/", "a/b"), limit("glob", "kv/", "a/*"),
                                  limit("longer", "kv/", "a/bc*"), limit("login", "auth/up/", "login/ada")});
  EXPECT_EQ(found(rules, "kv/a/b", "kv/"), "path");
  EXPECT_EQ(found(rules, "kv/a/b/", "kv/"), "path") << "a folder is the same path";
  EXPECT_EQ(found(rules, "kv/a/bcd", "kv/"), "longer");
  EXPECT_EQ(found(rules, "kv/a/x/y", "kv/"), "glob");
  EXPECT_EQ(found(rules, "kv/a", "kv/"), "mount") << "the glob stands behind the slash";
  EXPECT_EQ(found(rules, "kv", "kv/"), "mount");
  EXPECT_EQ(found(rules, "auth/up/login/ada", "auth/up/"), "login");
  EXPECT_EQ(found(rules, "auth/up/login/bob", "auth/up/"), "all");
  EXPECT_EQ(found(rules, "nowhere", ""), "all");
  EXPECT_EQ(found(RateLimitRules({}, {limit("mount", "kv/")}), "other/a", "other/"), "");
}

TEST(RateLimitRules, TheLongestExemptPrefixDecides) {
  const RateLimitRules rules({.exempt_paths = {"sys/*", "!sys/tools/", "sys/tools/hash", "kv/a", ""}}, {});
  EXPECT_TRUE(rules.is_exempt("sys/health"));
  EXPECT_FALSE(rules.is_exempt("sys/tools/random"));
  EXPECT_TRUE(rules.is_exempt("sys/tools/hash/sha2-256"));
  EXPECT_TRUE(rules.is_exempt("kv/abc")) << "prefixes are of text, as in the reference";
  EXPECT_FALSE(rules.is_exempt("kv/b"));
}

TEST(RateLimitRules, ABucketHoldsWholeRequestsAndAtLeastOne) {
  EXPECT_EQ(limit("a", "", "", codec::Json::number("0.2"))->clients.tokens(), 1u);
  EXPECT_EQ(limit("a", "", "", codec::Json::number("2.5"))->clients.tokens(), 3u);
  EXPECT_EQ(limit("a", "", "", codec::Json::number("1e300"))->clients.tokens(), 1'000'000'000'000'000u);
}

TEST(RateLimitRules, RulesOfOtherNamespacesAndOfRolesAreKeptAndCountNothing) {
  auto stored = parse_rate_limit(R"({"id":"i","type":"rate-limit","name":"n","namespace_path":"team/","mount_path":"","role":"","path_suffix":"",)"
                                 R"("rate":1,"interval":1000000000,"block_interval":0,"inheritable":true,"later":[1]})");
  ASSERT_TRUE(stored.ok()) << stored.error().message();
  EXPECT_TRUE(stored->unknown["later"].is_array());
  RateLimitRule role = *parse_rate_limit(R"({"name":"r","mount_path":"auth/up/","role":"ops","rate":1,"interval":1000000000})");
  const RateLimitRules rules({}, {std::make_shared<const RateLimit>(*stored), std::make_shared<const RateLimit>(role)});
  EXPECT_EQ(found(rules, "kv/a", "kv/"), "");
  EXPECT_EQ(found(rules, "auth/up/login/ada", "auth/up/"), "");
}

}  // namespace
}  // namespace bao::core
