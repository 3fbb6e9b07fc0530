// Entries of a real OpenBao 2.6.2 come back byte for byte, and what we don't know survives.
#include "internal/core/mounts/mount_entry.h"

#include <gtest/gtest.h>

namespace bao::core {
namespace {

constexpr const char* kUserpass =
    R"({"table":"auth","path":"userpass/","type":"userpass","description":"people","uuid":"97b3fcfc-2f64-adad-e933-cfa99c865226",)"
    R"("backend_aware_uuid":"f57acd10-f34a-1a2a-517d-99420a8d850e","accessor":"auth_userpass_c190c624",)"
    R"("config":{"default_lease_ttl":10800000000000,"listing_visibility":"unauth","token_type":3,)"
    R"("user_lockout_config":{"lockout_threshold":7,"lockout_duration":540000000000}},"options":{},"local":false,)"
    R"("seal_wrap":false,"namespace_id":"root","running_plugin_version":"v2.6.2+builtin.bao"})"
    "\n";
constexpr const char* kCubbyhole =
    R"({"table":"mounts","path":"cubbyhole/","type":"cubbyhole","description":"per-token private secret storage",)"
    R"("uuid":"477bc296-40cc-a87b-1e7e-745268aab9d7","backend_aware_uuid":"f6972be7-1f03-87fe-f78e-66b795ddec1c",)"
    R"("accessor":"cubbyhole_6a57a030","config":{},"options":null,"local":true,"seal_wrap":false,"namespace_id":"root",)"
    R"("running_plugin_version":"v2.6.2+builtin.bao"})"
    "\n";

TEST(MountEntry, ComesBackByteForByte) {
  for (const char* text : {kUserpass, kCubbyhole}) {
    const auto entry = parse_mount_entry(text);
    ASSERT_TRUE(entry.ok()) << entry.error().message();
    EXPECT_EQ(serialize_mount_entry(*entry), text);
  }
}

TEST(MountEntry, KnowsWhereItAndItsDataLie) {
  const auto userpass = *parse_mount_entry(kUserpass);
  EXPECT_EQ(userpass.route(), "auth/userpass/");
  EXPECT_EQ(userpass.storage_key(), "core/auth/97b3fcfc-2f64-adad-e933-cfa99c865226");
  EXPECT_EQ(userpass.data_prefix(), "auth/97b3fcfc-2f64-adad-e933-cfa99c865226/");
  const auto cubbyhole = *parse_mount_entry(kCubbyhole);
  EXPECT_EQ(cubbyhole.storage_key(), "core/local-mounts/477bc296-40cc-a87b-1e7e-745268aab9d7");
  EXPECT_EQ(cubbyhole.data_prefix(), "logical/477bc296-40cc-a87b-1e7e-745268aab9d7/");
  MountEntry entry;
  entry.table = "mounts";
  entry.type = "system";
  EXPECT_EQ(entry.data_prefix(), "sys/");
  entry.table = "auth";
  entry.type = "token";
  EXPECT_EQ(entry.data_prefix(), "sys/token/");
}

TEST(MountEntry, UnknownMembersSurvive) {
  const auto entry = parse_mount_entry(
      R"({"Table":"mounts","PATH":"x/","type":"kv","later":[1.50],"config":{"max_lease_ttl":5,"newer":{"a":1}},"options":{"version":"2"}})");
  ASSERT_TRUE(entry.ok()) << entry.error().message();
  EXPECT_EQ(entry->path, "x/");
  EXPECT_EQ(entry->namespace_id, "root");
  EXPECT_EQ(entry->options->at("version"), "2");
  const std::string text = serialize_mount_entry(*entry);
  EXPECT_NE(text.find(R"("later":[1.50])"), std::string::npos);
  EXPECT_NE(text.find(R"("newer":{"a":1})"), std::string::npos);
}

TEST(MountEntry, WhatIsNoEntryIsRefused) {
  for (const char* text : {"", "[]", "{}", R"({"path":"x/"})", R"({"path":"x/","type":"kv","config":{"max_lease_ttl":"soon"}})"}) {
    EXPECT_FALSE(parse_mount_entry(text).ok()) << text;
  }
}

}  // namespace
}  // namespace bao::core
