// What a server asks itself once, in the three languages.
#include <gtest/gtest.h>

#include "internal/config/config.h"

namespace bao::config {
namespace {

request_profile::Profile read(std::string_view text, Format format = Format::hcl) {
  const auto config = parse(text, format, "f");
  EXPECT_TRUE(config.ok()) << (config.ok() ? "" : config.error().message());
  if (!config.ok()) return {};
  EXPECT_EQ(config->warnings, std::vector<std::string>());
  EXPECT_EQ(config->notes, std::vector<std::string>());
  return config->initialize;
}

std::string error_of(std::string_view text, Format format = Format::hcl) {
  const auto config = parse(text, format, "f");
  return config.ok() ? "no error" : config.error().message();
}

// Everything that was read, as text.
std::string text_of(const request_profile::Profile& profile) {
  std::string out;
  for (const request_profile::Block& block : profile.blocks) {
    out += block.name + " " + codec::write_json(block.when) + "\n";
    for (const request_profile::Step& step : block.steps) {
      out += "  " + step.name;
      for (const codec::Json* member : {&step.operation, &step.path, &step.token, &step.data, &step.headers, &step.when, &step.allow_failure}) {
        out += " " + codec::write_json(*member);
      }
      out += "\n";
    }
  }
  return out;
}

constexpr std::string_view kHcl = R"(
initialize "identity" {
  request "mount-userpass" {
    operation = "update"
    path = "sys/auth/userpass"
    data = { type = "userpass", config = { max_lease_ttl = 60 } }
  }
  request "add-admin" {
    operation = "update"
    path = "auth/userpass/users/admin"
    token = "t"
    headers = { X-One = ["a", "b"] }
    data = {
      password = {
        eval_source = "env"
        eval_type = "string"
        env_var = "PASSWORD"
      }
      token_policies = ["superuser"]
      list = [{ a = 1 }, { b = 2 }]
    }
    allow_failure = true
    when = false
  }
}
initialize "empty" { when = false }
)";

constexpr std::string_view kRead =
    "identity null\n"
    "  mount-userpass \"update\" \"sys/auth/userpass\" null {\"config\":{\"max_lease_ttl\":60},\"type\":\"userpass\"} null null null\n"
    "  add-admin \"update\" \"auth/userpass/users/admin\" \"t\" {\"list\":[{\"a\":1},{\"b\":2}],\"password\":{\"env_var\":\"PASSWORD\","
    "\"eval_source\":\"env\",\"eval_type\":\"string\"},\"token_policies\":[\"superuser\"]} {\"X-One\":[\"a\",\"b\"]} false true\n"
    "empty false\n";

TEST(Initialize, BlocksKeepTheirOrderAndTheirValues) { EXPECT_EQ(text_of(read(kHcl)), kRead); }

TEST(Initialize, TomlNamesBlocksByTheirTables) {
  EXPECT_EQ(text_of(read(R"(
[initialize.identity.request.mount-userpass]
operation = "update"
path = "sys/auth/userpass"
data = { type = "userpass", config = { max_lease_ttl = 60 } }

[initialize.identity.request.add-admin]
operation = "update"
path = "auth/userpass/users/admin"
token = "t"
headers = { X-One = ["a", "b"] }
allow_failure = true
when = false
[initialize.identity.request.add-admin.data]
password = { eval_source = "env", eval_type = "string", env_var = "PASSWORD" }
token_policies = ["superuser"]
list = [{ a = 1 }, { b = 2 }]

[initialize.empty]
when = false
)", Format::toml)), kRead);
}

TEST(Initialize, TomlNamesBlocksByTheirType) {
  const auto profile = read(R"(
[[initialize]]
type = "b"
  [[initialize.request]]
  type = "second"
  operation = "read"
  path = "x"
  [[initialize.request]]
  type = "first"
  operation = { eval_source = "env", eval_type = "string", env_var = "OPERATION" }
  path = "y"
[[initialize]]
type = "a"
)", Format::toml);
  EXPECT_EQ(text_of(profile),
            "b null\n"
            "  second \"read\" \"x\" null null null null null\n"
            "  first {\"env_var\":\"OPERATION\",\"eval_source\":\"env\",\"eval_type\":\"string\"} \"y\" null null null null null\n"
            "a null\n");
}

TEST(Initialize, JsonNestsBlocks) {
  constexpr std::string_view kExpected =
      "audit null\n"
      "  enable \"update\" \"sys/audit/file\" null {\"options\":{\"file_path\":\"stdout\"}} null null null\n"
      "  look {\"e\":{\"f\":1}} {\"e\":{\"g\":2}} null null null null null\n";
  // As the reference's documentation writes it, and as one would by habit.
  EXPECT_EQ(text_of(read(R"({"initialize": [{"audit": {"request": [
      {"enable": {"operation": "update", "path": "sys/audit/file", "data": {"options": {"file_path": "stdout"}}}},
      {"look": {"operation": {"e": {"f": 1}}, "path": {"e": {"g": 2}}}}]}}]})", Format::json)), kExpected);
  EXPECT_EQ(text_of(read(R"({"initialize": {"audit": {"request": {
      "enable": {"operation": "update", "path": "sys/audit/file", "data": {"options": {"file_path": "stdout"}}},
      "look": {"operation": {"e": {"f": 1}}, "path": {"e": {"g": 2}}}}}}})", Format::json)), kExpected);
}

TEST(Initialize, WhatDoesNothingIsAnError) {
  EXPECT_EQ(error_of(R"(initialize "a" { request "b" { allow_failures = true } })"),
            "error parsing 'initialize': initialize.[a]: unknown or unsupported field allow_failures found in configuration at f:1:32");
  EXPECT_EQ(error_of(R"(initialize "a" { requests "b" { } })"),
            "error parsing 'initialize': initialize.[a]: unknown or unsupported field requests found in configuration at f:1:18");
  EXPECT_EQ(error_of("initialize { request \"a\" { } }"), "error parsing 'initialize': initialize name must be specified (f:1:1)");
  EXPECT_EQ(error_of("initialize \"a\" { request { } }"),
            "error parsing 'initialize': initialize.[a]: request name must be specified (f:1:18)");
  EXPECT_EQ(error_of("initialize \"a\" {\n request \"b\" {\n  data { x = 1 }\n  data { x = 2 }\n } }"),
            "error parsing 'initialize': initialize.[a]: 'x' is given twice (f:4:3)");
}

TEST(Initialize, IsNoPartOfTheSanitizedConfiguration) {
  const auto config = parse(kHcl, Format::hcl, "f");
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(codec::write_json(sanitized(*config)).find("superuser"), std::string::npos);
}

}  // namespace
}  // namespace bao::config
