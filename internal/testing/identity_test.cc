// The identity mount at rest, as OpenBao 2.6 writes it at initialisation.
#include <gtest/gtest.h>

#include "internal/base/time_format.h"
#include "internal/testing/test_core.h"

namespace bao::testing {
namespace {

core::CoreOptions with_raw_storage() {
  core::CoreOptions options;
  options.raw_storage_endpoint = true;
  return options;
}

class Identity : public ::testing::Test {
 protected:
  std::string folder() {
    const auto mounts = node.read("sys/mounts");
    EXPECT_TRUE(mounts.ok());
    return "sys/raw/logical/" + (*mounts->data)["identity/"]["uuid"].as_string() + "/";
  }
  std::string stored(const std::string& key) {
    const auto reply = node.read(folder() + key);
    return reply.ok() ? (*reply->data)["value"].as_string() : reply.error().message();
  }

  TestCore node{TestCore::State::unsealed, with_raw_storage()};
};

TEST_F(Identity, TheDefaultsOfOpenIdConnectAreThereFromTheStart) {
  EXPECT_EQ(stored("oidc_provider/provider/default"), "{\"issuer\":\"\",\"allowed_client_ids\":[\"*\"],\"scopes_supported\":[]}\n");
  EXPECT_EQ(stored("oidc_provider/assignment/allow_all"), "{\"group_ids\":[\"*\"],\"entity_ids\":[\"*\"]}\n");
  const std::string tomorrow = base::format_rfc3339(node.clock().now() + std::chrono::hours(24));
  EXPECT_EQ(stored("oidc_tokens/named_keys/default"),
            "{\"signing_algorithm\":\"RS256\",\"verification_ttl\":86400000000000,\"rotation_period\":86400000000000,"
            "\"key_ring\":null,\"signing_key\":null,\"next_signing_key\":null,\"next_rotation\":\"" + tomorrow +
            "\",\"allowed_client_ids\":[\"*\"]}\n");
}

// R-10: a new namespace made a standby write
TEST_F(Identity, WhatIsThereIsKeptAndWhatIsMissingIsMadeAtUnseal) {
  const std::string key = folder() + "oidc_provider/provider/default";
  ASSERT_TRUE(node.write(key, R"({"value":"{\"issuer\":\"https://example.org\"}"})").ok());
  ASSERT_TRUE(node.remove(folder() + "oidc_provider/assignment/allow_all").ok());
  ASSERT_TRUE(node.core().seal().ok());
  node.unseal();
  EXPECT_EQ(stored("oidc_provider/provider/default"), "{\"issuer\":\"https://example.org\"}");
  EXPECT_TRUE(stored("oidc_provider/assignment/allow_all").starts_with("{\"group_ids\""));
}

}  // namespace
}  // namespace bao::testing
