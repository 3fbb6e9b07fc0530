#include "internal/engines/kv/records.h"

#include <gtest/gtest.h>

#include "internal/base/time_format.h"
#include "internal/codec/encoding.h"
#include "internal/codec/protobuf.h"
#include "internal/engines/kv/key_policy.h"

namespace bao::engines::kv {
namespace {

const base::Time kNow = *base::parse_rfc3339("2026-01-02T03:04:05.25Z");

TEST(Records, UnknownFieldsSurvive) {
  std::string unknown;
  codec::put_uint(unknown, 900, 7);
  codec::put_message(unknown, 901, "later");
  VersionMetadata version{kNow, std::nullopt, true, unknown};
  KeyMetadata metadata;
  metadata.key = "a/b";
  metadata.versions[3] = version;
  metadata.unknown = unknown;
  const auto parsed = KeyMetadata::parse(metadata.write());
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->unknown, unknown);
  EXPECT_EQ(parsed->versions.at(3).unknown, unknown);
  EXPECT_EQ(parsed->write(), metadata.write());
  Configuration configuration;
  configuration.max_versions = 5;
  configuration.unknown = unknown;
  EXPECT_EQ(Configuration::parse(configuration.write())->write(), configuration.write());
}

TEST(Records, GlanceSeesWhatADecodedKeyHolds) {
  KeyMetadata metadata;
  metadata.key = "k";
  metadata.custom_metadata = {{"b", "2"}, {"a", "1"}};
  metadata.add_version(kNow, std::nullopt, 0);
  metadata.add_version(kNow, kNow + std::chrono::seconds(5), 0);
  const std::string bytes = metadata.write();
  const auto current = *glance_at_version(bytes, 0);
  ASSERT_TRUE(current.has_value());
  EXPECT_EQ(current->number, 2u);
  EXPECT_EQ(current->deletion_time, kNow + std::chrono::seconds(5));
  EXPECT_EQ(current->custom_metadata.at(0).first, "a");
  EXPECT_FALSE((*glance_at_version(bytes, 1))->deletion_time.has_value());
  EXPECT_FALSE(glance_at_version(bytes, 3)->has_value());
  EXPECT_FALSE(glance_at_version(bytes.substr(0, bytes.size() - 1), 0).ok());
}

TEST(Records, TheWindowMovesByTheLargerCount) {
  KeyMetadata metadata;
  metadata.max_versions = 2;
  EXPECT_EQ(metadata.add_version(kNow, std::nullopt, 3), 0u);
  EXPECT_EQ(metadata.oldest_version, 0u);
  EXPECT_EQ(metadata.add_version(kNow, std::nullopt, 3), 0u);
  EXPECT_EQ(metadata.add_version(kNow, std::nullopt, 3), 0u);
  EXPECT_EQ(metadata.oldest_version, 1u);
  EXPECT_EQ(metadata.add_version(kNow, std::nullopt, 1), 2u);
  EXPECT_EQ(metadata.versions.size(), 2u);
}

TEST(Records, TheShorterTimeCounts) {
  using std::chrono::seconds;
  EXPECT_EQ(deletion_time(kNow, seconds(0), seconds(0)), std::nullopt);
  EXPECT_EQ(deletion_time(kNow, seconds(9), seconds(0)), kNow + seconds(9));
  EXPECT_EQ(deletion_time(kNow, seconds(9), seconds(5)), kNow + seconds(5));
  EXPECT_EQ(deletion_time(kNow, seconds(4), seconds(5)), kNow + seconds(4));
  EXPECT_EQ(deletion_time(kNow, base::Duration::max(), seconds(0)), base::Time::max());
}

std::string bytes_from(int first, int count) {
  std::string bytes;
  for (int i = 0; i < count; ++i) bytes += static_cast<char>(first + i);
  return bytes;
}

// openbao-storage.md, vector TV5.
TEST(KeyPolicy, EncryptsPathsAsOpenBaoDoes) {
  const auto policy = KeyPolicy::parse(R"({"keys":{"1":{"key":")" + codec::to_base64(bytes_from(0x20, 32)) +
                                       R"("}},"derived":true,"kdf":1,"convergent_encryption":true,"latest_version":1,)" +
                                       R"("type":0,"storage_prefix":"0c0c0c0c-1111-2222-3333-444444444444"})");
  ASSERT_TRUE(policy.ok());
  const std::string foo = "5kKEsbIWuxKSyqq2IHW0LN91TZtiqyna7w18zAozfjvVlGG13ktgWHqCpZM3Df";
  const std::string bar = "5kL638QYCfeLH26e3ofSkozI539xWyYXAk3HXYIYf4BWuxKUvRHAelsPWP8fzn";
  EXPECT_EQ(*policy->encrypt_path("foo"), foo);
  EXPECT_EQ(*policy->encrypt_path("foo/bar"), foo + "/" + bar);
  EXPECT_EQ(*policy->encrypt_path("/foo//./bar/"), foo + "/" + bar);
  EXPECT_EQ(*policy->encrypt_path("foo/bar"), foo + "/" + bar);  // from the cache
  EXPECT_EQ(*policy->encrypt_path(""), "");
  EXPECT_EQ(policy->encrypt_path("a/../b").error().code(), base::Code::invalid);
  EXPECT_EQ(*policy->decrypt_names("foo", {bar + "/", bar}), (std::vector<std::string>{"bar", "bar/"}));
  EXPECT_EQ(policy->decrypt_names("other", {bar}).error().code(), base::Code::corrupt);
  EXPECT_FALSE(policy->decrypt_names("foo", {"!"}).ok());
}

TEST(KeyPolicy, ANewOneWorks) {
  const NewKeyPolicy fresh = make_key_policy("uuid", kNow);
  const auto policy = KeyPolicy::parse(fresh.policy);
  ASSERT_TRUE(policy.ok());
  EXPECT_EQ(*policy->decrypt_names("", {*policy->encrypt_path("ü b")}), std::vector<std::string>{"ü b"});
  EXPECT_NE(fresh.archive.find(R"("convergent_version":3)"), std::string::npos);
}

TEST(KeyPolicy, OfAnotherKindIsCorrupt) {
  for (const auto* json : {"{}", "[]", R"({"derived":true,"kdf":1,"convergent_encryption":true,"type":0,"latest_version":1})"}) {
    EXPECT_EQ(KeyPolicy::parse(json).error().code(), base::Code::corrupt) << json;
  }
}

}  // namespace
}  // namespace bao::engines::kv
