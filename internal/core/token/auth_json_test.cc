// What a lease keeps of a login, as text and back.
#include "internal/core/token/auth_json.h"

#include <gtest/gtest.h>

namespace bao::core {
namespace {

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

// As OpenBao writes it: a message, whose empty members are left out.
TEST(AuthJson, KeepsWhoLoggedIn) {
  const logical::Auth auth;
  EXPECT_TRUE(auth_to_json(auth)["alias"].is_null());
  EXPECT_FALSE(auth_to_json(auth)["entity_created"].as_bool());
  LoggedIn who{LoggedIn::Alias{"userpass", "auth_userpass_1", "joe", std::map<std::string, std::string>(), false}, true};
  EXPECT_EQ(codec::write_json(auth_to_json(auth, who)["alias"]), R"({"mount_type":"userpass","mount_accessor":"auth_userpass_1","name":"joe"})");
  EXPECT_TRUE(auth_to_json(auth, who)["entity_created"].as_bool());
  who.alias->metadata->emplace("team", "a");
  who.alias->local = true;
  EXPECT_EQ(codec::write_json(auth_to_json(auth, who)["alias"]),
            R"({"mount_type":"userpass","mount_accessor":"auth_userpass_1","name":"joe","metadata":{"team":"a"},"local":true})");
}

}  // namespace
}  // namespace bao::core
