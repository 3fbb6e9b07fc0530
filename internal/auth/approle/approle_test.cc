// AppRole as machines use it: what a secret id is worth, and for how long.
#include "internal/auth/approle/approle.h"

#include <gtest/gtest.h>

#include "internal/logical/scenario/scenario.h"

namespace bao::auth {
namespace {

class AppRole : public testing::Test {
 protected:
  AppRole() {
    EXPECT_TRUE(runner_.mount({}).ok());
    EXPECT_TRUE(ask(R"(POST role/ci <- {"role_id":"rid","secret_id_ttl":"10m","secret_id_num_uses":2})").starts_with("204"));
    EXPECT_TRUE(ask(R"(POST role/ci/custom-secret-id <- {"secret_id":"words"})").starts_with("200"));
  }
  std::string ask(const std::string& line) { return runner_.request(line); }
  std::string log_in() { return ask(R"(POST login <- {"role_id":"rid","secret_id":"words"})"); }
  bool refused() { return log_in().find("invalid role or secret ID") != std::string::npos; }

  logical::scenario::Runner runner_{approle_backend()};
};

TEST_F(AppRole, ASecretIdLogsInAsOftenAsItSays) {
  EXPECT_FALSE(refused());
  EXPECT_FALSE(refused());
  EXPECT_TRUE(refused());
}

TEST_F(AppRole, ASecretIdPastItsTimeLogsNobodyInThoughItIsNotTidiedYet) {
  ask("ADVANCE 10m");
  EXPECT_TRUE(refused());
  EXPECT_TRUE(ask(R"(POST role/ci/secret-id/lookup <- {"secret_id":"words"})").starts_with("200"));
}

TEST_F(AppRole, WhatIsDestroyedOrOfARemovedRoleLogsNobodyIn) {
  ask("DELETE role/ci");
  EXPECT_TRUE(refused());
  ask(R"(POST role/ci <- {"role_id":"rid"})");
  EXPECT_TRUE(refused());
}

}  // namespace
}  // namespace bao::auth
