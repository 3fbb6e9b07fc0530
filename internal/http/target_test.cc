#include "internal/http/target.h"

#include <gtest/gtest.h>

namespace bao::http {
namespace {

using Kind = TargetFault::Kind;

std::string path_of(std::string_view target, TargetRules rules = {}) {
  auto [parsed, fault] = parse_target(target, rules);
  return parsed ? parsed->path : "fault " + std::to_string(static_cast<int>(fault.kind));
}
TargetFault fault_of(std::string_view target) {
  auto [parsed, fault] = parse_target(target, {});
  EXPECT_FALSE(parsed) << target;
  return fault;
}

TEST(Target, IsDecodedOnce) {
  EXPECT_EQ(path_of("/v1/secret/data/a%20b"), "/v1/secret/data/a b");
  EXPECT_EQ(path_of("/v1/secret/%2541"), "/v1/secret/%41");
  EXPECT_EQ(path_of("/v1/secret/plus+sign"), "/v1/secret/plus+sign");
  EXPECT_EQ(path_of("/v1/secret/%c3%a9"), "/v1/secret/\xc3\xa9");
  EXPECT_EQ(path_of("/v1/secret/a%2fb"), "/v1/secret/a/b");
  EXPECT_EQ(path_of("http://somewhere:8200/v1/a"), "/v1/a");
  EXPECT_EQ(path_of("/v1/secret/a..b"), "/v1/secret/a..b");
}

TEST(Target, UncleanPathsAreRedirected) {
  const auto location = [](std::string_view target) {
    const TargetFault fault = fault_of(target);
    EXPECT_EQ(fault.kind, Kind::redirect) << target;
    return fault.location;
  };
  EXPECT_EQ(location("/v1//secret/data/a"), "/v1/secret/data/a");
  EXPECT_EQ(location("/v1/secret/data/../data/a"), "/v1/secret/data/a");
  EXPECT_EQ(location("/v1/./secret/?list=true"), "/v1/secret/?list=true");
  EXPECT_EQ(location("/v1/secret//a%20b"), "/v1/secret/a%20b");
  EXPECT_EQ(location("/v1/../../../etc"), "/etc");
  EXPECT_EQ(location("/v1/..//evil.example/"), "/evil.example/") << "never another host";
}

TEST(Target, EscapedDotSegmentsAreRefused) {
  EXPECT_EQ(fault_of("/v1/secret/data/%2e%2e/data/a").kind, Kind::relative);
  EXPECT_EQ(fault_of("/v1/secret/%2e").kind, Kind::relative);
  EXPECT_EQ(fault_of("/v1/a%2f..%2fb").kind, Kind::relative);
  EXPECT_EQ(path_of("/v1/a/%2e%2e/b", {.unsafe_relative_paths = true}), "/v1/a/../b");
}

TEST(Target, UnprintablePathsAreRefused) {
  for (const std::string_view target : {"/v1/a%00", "/v1/a%0Ab", "/v1/a%09", "/v1/%7f", "/v1/%c2%a0", "/v1/%e2%80%8b", "/v1/%ff"}) {
    EXPECT_EQ(fault_of(target).kind, Kind::unprintable) << target;
  }
  EXPECT_EQ(path_of("/v1/a%09", {.disable_printable_check = true}), "/v1/a\t");
}

TEST(Target, OnlyTheApiIsKnown) {
  for (const std::string_view target : {"/", "/v1", "/v2/sys/health", "/ui/", "//v1/a"}) {
    EXPECT_EQ(fault_of(target).kind, Kind::unknown) << target;
  }
  for (const std::string_view target : {"*", "", "v1/a", "/v1/%zz", "/v1/%4"}) {
    EXPECT_EQ(fault_of(target).kind, Kind::malformed) << target;
  }
}

TEST(Target, QueriesAreReadLeniently) {
  const Query query = parse_lenient_query("a=1&b=x+y&a=2&bad=%zz&c;d&flag&%41=%42");
  EXPECT_EQ(query.pairs, (std::vector<std::pair<std::string, std::string>>{
                             {"a", "1"}, {"b", "x y"}, {"a", "2"}, {"flag", ""}, {"A", "B"}}));
  EXPECT_EQ(*query.find("a"), "1");
}

}  // namespace
}  // namespace bao::http
