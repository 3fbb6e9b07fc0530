// What enabling and tuning take, and what they refuse with the reference's words.
#include "internal/core/system/mount_request.h"

#include <gtest/gtest.h>

namespace bao::core::sys {
namespace {

using codec::Json;

// The fields live as long as their schema.
logical::Fields fields_of(const std::vector<logical::Field>& schema, const char* body) {
  auto data = codec::parse_json(body);
  EXPECT_TRUE(data.ok());
  auto fields = logical::Fields::read(schema, {{"path", "x"}}, *data);
  EXPECT_TRUE(fields.ok());
  return std::move(fields).value();
}

base::Result<MountEntry> enable(const char* body, const char* table = "mounts") {
  static const auto kSchema = enable_fields();
  return read_mount_request(table, "x/", fields_of(kSchema, body), MountDefaults(), "v2.6.2+builtin.bao");
}

std::string refusal(const base::Result<MountEntry>& result) { return result.ok() ? "" : result.error().message(); }

std::string tuned(MountEntry& entry, const char* body) {
  static const auto kSchema = tune_fields();
  const auto status = apply_tuning(entry, fields_of(kSchema, body), "v2.6.2+builtin.bao");
  return status.ok() ? "" : status.error().message();
}

TEST(MountRequest, ReadsWhatAMountIsConfiguredWith) {
  const auto entry = enable(
      R"({"type":"kv","description":"d","local":true,"options":{"version":"2"},"config":{"default_lease_ttl":"2h",
          "max_lease_ttl":21600,"listing_visibility":"unauth","audit_non_hmac_request_keys":"a,b",
          "allowed_response_headers":["X-Shape"],"force_no_cache":true}})");
  ASSERT_TRUE(entry.ok()) << refusal(entry);
  EXPECT_EQ(entry->path, "x/");
  EXPECT_TRUE(entry->local);
  EXPECT_EQ(entry->options->at("version"), "2");
  EXPECT_EQ(entry->config.default_lease_ttl, std::chrono::hours(2));
  EXPECT_EQ(entry->config.max_lease_ttl, std::chrono::hours(6));
  EXPECT_EQ(entry->config.audit_non_hmac_request_keys, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(entry->config.allowed_response_headers, std::vector<std::string>{"X-Shape"});
}

TEST(MountRequest, KeepsThatThereAreNoOptions) {
  EXPECT_FALSE(enable(R"({"type":"kv","options":null})")->options);
  EXPECT_FALSE(enable(R"({"type":"userpass","options":null})", "auth")->options);
  EXPECT_TRUE(enable(R"({"type":"kv"})")->options->empty());
  EXPECT_EQ(enable(R"({"type":"kv","options":{"version":""}})")->options->at("version"), "");
  EXPECT_EQ(enable(R"({"type":"kv-v2","options":null})")->options->at("version"), "2");
}

TEST(MountRequest, ResolvesVersionedTypes) {
  EXPECT_EQ(enable(R"({"type":"kv-v2"})")->options->at("version"), "2");
  EXPECT_EQ(enable(R"({"type":"kv-v1"})")->type, "kv");
  EXPECT_TRUE(enable(R"({"type":"kv"})")->options->empty());
  EXPECT_EQ(enable(R"({"type":"plugin","plugin_name":"kv"})")->type, "kv");
  EXPECT_EQ(refusal(enable(R"({"type":"transit","options":{"version":"2"}})")),
            "secrets engine \"transit\" does not allow setting a version");
}

TEST(MountRequest, TheVersionOfThisBinaryMayBeNamedAndNoOther) {
  const auto named = enable(R"({"type":"kv","plugin_version":"2.6.2+builtin.bao"})");
  ASSERT_TRUE(named.ok()) << refusal(named);
  EXPECT_EQ(named->plugin_version, "") << "the next binary has another";
  EXPECT_EQ(refusal(enable(R"({"type":"kv","config":{"plugin_version":"v1.0.0"}})")), "cannot select non-builtin version of secrets plugin kv");
  EXPECT_EQ(refusal(enable(R"({"type":"userpass","plugin_version":"1"})", "auth")), "cannot select non-builtin version of auth plugin userpass");
  EXPECT_EQ(refusal(enable(R"({"type":"kv","plugin_version":"new"})")), "version \"new\" is not a valid semantic version: malformed version: new");

  MountEntry entry;
  entry.type = "kv";
  EXPECT_EQ(tuned(entry, R"({"plugin_version":"1.0"})"), "plugin not found in the catalog: kv, version=v1.0.0");
  EXPECT_EQ(tuned(entry, R"({"plugin_version":"v2.6.2+builtin.bao"})"), "");
  EXPECT_EQ(entry.plugin_version, "v2.6.2+builtin.bao");
}

TEST(MountRequest, RefusesWithTheReferencesWords) {
  EXPECT_EQ(refusal(enable("{}")), "backend type must be specified as a string");
  EXPECT_EQ(refusal(enable(R"({"type":"kv","config":{"default_lease_ttl":"3h","max_lease_ttl":"1h"}})")),
            "given default lease TTL greater than given max lease TTL");
  EXPECT_EQ(refusal(enable(R"({"type":"kv","config":{"default_lease_ttl":"soon"}})")),
            "unable to parse default TTL of soon: time: invalid duration \"soon\"");
  EXPECT_EQ(refusal(enable(R"({"type":"kv","config":{"listing_visibility":"everyone"}})")),
            "invalid listing_visibility everyone");
  EXPECT_EQ(refusal(enable(R"({"type":"userpass","config":{"token_type":"odd"}})", "auth")),
            "invalid value for 'token_type'");
  EXPECT_EQ(refusal(enable(R"({"type":"userpass","config":{"user_lockout_config":{"lockout_threshold":3}}})", "auth")),
            "unable to convert given auth config information");
}

TEST(MountTuning, KeepsWhatIsNotNamed) {
  MountEntry entry;
  entry.table = "mounts";
  entry.description = "before";
  entry.config.audit_non_hmac_request_keys = {"a"};
  EXPECT_EQ(tuned(entry, R"({"max_lease_ttl":7200,"default_lease_ttl":"90m"})"), "");
  EXPECT_EQ(entry.config.default_lease_ttl, std::chrono::minutes(90));
  EXPECT_EQ(entry.description, "before");
  EXPECT_EQ(tuned(entry, R"({"default_lease_ttl":"system","audit_non_hmac_request_keys":""})"), "");
  EXPECT_EQ(entry.config.default_lease_ttl.count(), 0);
  EXPECT_EQ(entry.config.max_lease_ttl, std::chrono::hours(2));
  EXPECT_TRUE(entry.config.audit_non_hmac_request_keys.empty());
}

TEST(MountTuning, TakesNegativeTimesAsTheReferenceDoes) {
  MountEntry entry;
  entry.table = "mounts";
  EXPECT_EQ(tuned(entry, R"({"default_lease_ttl":"-5s"})"), "");
  EXPECT_EQ(entry.config.default_lease_ttl, std::chrono::seconds(-5));
  EXPECT_EQ(tuned(entry, R"({"default_lease_ttl":"never"})"), "time: invalid duration \"never\"");
  EXPECT_EQ(tuned(entry, R"({"default_lease_ttl":"5h","max_lease_ttl":"1h"})"),
            "backend max lease TTL of 3600 would be less than backend default lease TTL of 18000");
}

TEST(MountTuning, SetsLockoutOfPasswordMethodsOnly) {
  MountEntry entry;
  entry.table = "auth";
  entry.type = "userpass";
  EXPECT_EQ(tuned(entry, R"({"user_lockout_config":{"lockout_threshold":"3","lockout_duration":"2m","lockout_disable":false}})"), "");
  EXPECT_EQ(entry.config.user_lockout["lockout_threshold"].text(), "3");
  EXPECT_EQ(entry.config.user_lockout["lockout_duration"].text(), "120000000000");
  EXPECT_EQ(tuned(entry, R"({"user_lockout_config":{"lockout_threshold":"-1"}})"),
            "unable to parse user lockout threshold: strconv.ParseUint: parsing \"-1\": invalid syntax");
  entry.type = "jwt";
  EXPECT_EQ(tuned(entry, R"({"user_lockout_config":{"lockout_threshold":"3"}})"),
            "tuning of user lockout configuration for auth type \"jwt\" not allowed");
}

TEST(MountTuning, ChangesTokenTypeOfAuthMountsOnly) {
  MountEntry entry;
  entry.table = "mounts";
  EXPECT_EQ(tuned(entry, R"({"token_type":"batch"})"), "'token_type' can only be modified on auth mounts");
  entry.table = "auth";
  entry.type = "userpass";
  EXPECT_EQ(tuned(entry, R"({"token_type":"batch"})"), "");
  EXPECT_EQ(entry.config.token_type, 2);
}

}  // namespace
}  // namespace bao::core::sys
