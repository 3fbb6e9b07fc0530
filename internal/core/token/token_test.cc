// Vectors of openbao-storage.md 12 (TV4) and what a rewrite of a token entry must keep.
#include <gtest/gtest.h>

#include "internal/core/token/salt.h"
#include "internal/core/token/token_entry.h"

namespace bao::core {
namespace {

TEST(TokenSalt, GivesTheKeysOfTheReference) {
  const TokenSalt salt("6f1a1f0e-7b3c-4a53-9d53-0d5b6f8a1c11");
  EXPECT_EQ(salt.salted("s.abcdefghijklmnopqrstuvwx"),
            "he8e82cb0efb8c022935096f8d6ee24bcfd80faee3ad45e95914746cc5dec4a50");
  EXPECT_EQ(salt.salted("ABCDEFGHIJKLMNOPQRSTUVWX"), "90972b9f0689dca93e853c00890bd6698f51e37d");
  EXPECT_EQ(salt.salted("auth/token/create/x"), "6f8b2ea03bfa932603c8b4b5770760cae8b271b3");
  EXPECT_EQ(salt.salted("database/creds/my.role/Zz"),
            "h0b34c8dd9acdfc67679de971d361d8b5d1760e5a135491bfe9c566a397056aa1");
  EXPECT_EQ(salt.salted("s.abcdefghijklmnopqrstuvwx.Ab12Cd"),
            "h917c51eabbecc2c602e19cf364aba246c1f46a8e252b58dc837749e5459151a9");
}

TEST(TokenSalt, TheNamespaceIsWhatFollowsTheLastDot) {
  EXPECT_EQ(namespace_suffix("s.abc"), "");
  EXPECT_EQ(namespace_suffix("s.abc.Ab12Cd"), "Ab12Cd");
  EXPECT_EQ(namespace_suffix("accessor.Ab12Cd"), "Ab12Cd");
  EXPECT_EQ(namespace_suffix("my-own-id"), "");
}

TEST(TokenEntry, JsonRewriteKeepsEveryMember) {
  const std::string text =
      R"({"type":1,"id":"s.x","accessor":"acc","parent":"","policies":["default","p<1>"],"inline_policy":"",)"
      R"("path":"auth/token/create","meta":null,"internal_meta":null,"display_name":"token","num_uses":3,)"
      R"("creation_time":1700000000,"ttl":3600000000000,"explicit_max_ttl":0,"role":"","period":0,"entity_id":"",)"
      R"("no_identity_policies":false,"bound_cidrs":null,"namespace_id":"root","cubbyhole_id":"c","DisplayName":"",)"
      R"("NumUses":0,"CreationTime":0,"ExplicitMaxTTL":0,"of_tomorrow":{"a":[1.50]}})";
  const auto entry = parse_token_entry(text);
  ASSERT_TRUE(entry.ok()) << entry.error().message();
  EXPECT_EQ(entry->ttl, std::chrono::hours(1));
  EXPECT_EQ(entry->policies[1], "p<1>");
  EXPECT_FALSE(entry->is_root());
  std::string want = text + "\n";
  want.replace(want.find("p<1>"), 4, "p\\u003c1\\u003e");
  EXPECT_EQ(serialize_token_entry(*entry), want);
}

TEST(TokenEntry, BatchPayloadRoundTrips) {
  TokenEntry entry;
  entry.type = TokenType::batch;
  entry.policies = {"default", ""};
  entry.meta = {{"team", "blue"}, {"empty", ""}};
  entry.creation_time = 1'700'000'000;
  entry.ttl = std::chrono::minutes(5);
  entry.parent = "s.parent";
  const auto back = parse_batch_payload(serialize_batch_payload(entry));
  ASSERT_TRUE(back.ok()) << back.error().message();
  EXPECT_EQ(back->policies, entry.policies);
  EXPECT_EQ(back->meta, entry.meta);
  EXPECT_EQ(back->ttl, entry.ttl);
  EXPECT_EQ(back->parent, entry.parent);
  EXPECT_EQ(serialize_batch_payload(*back), serialize_batch_payload(entry));
}

TEST(TokenEntry, GarbageIsRefused) {
  EXPECT_FALSE(parse_token_entry("[]").ok());
  EXPECT_FALSE(parse_token_entry("{").ok());
  EXPECT_FALSE(parse_batch_payload("\xff\xff").ok());
  EXPECT_FALSE(parse_batch_payload("").ok());
}

}  // namespace
}  // namespace bao::core
