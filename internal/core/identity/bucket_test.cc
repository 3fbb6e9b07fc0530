// Buckets as OpenBao 2.6.2 wrote them (testdata/fixtures), and what a rewrite and the index must keep.
#include <gtest/gtest.h>

#include "internal/codec/encoding.h"
#include "internal/core/identity/index.h"

namespace bao::core::identity {
namespace {

// Compressed, with MFA secrets and two items; of a group with an alias; emptied.
constexpr char kTwoEntities[] =
    "U/8GAABzTmFQcFkAyAEATAsku7oF8GkKEnBhY2tlci9idWNrZXRzLzE5MhLCAQokZmMyMzE4YmEtYjZmMi02YzJjLTRmNGQtOTRkNGJmOTdkOD"
    "Y5EpkBCiN0eXBlLmdvb2dsZWFwaXMuY29tL2lkZW50aXR5LkVudGl0eRJyEiRmilAACBoUZQU3dF9jNzYwZjMwNy5yb290KgwI6q6L2AYQr++H"
    "ygIyDC4OAABKSr8ABGIEATawEt4DCiRkM2ZmNmM1Ni0yMjAyLTZhMjktOGQ1Zi00MjU5OGMzOGNmNDkStQMKksUAsI0DCrIBCiRjYTQ1ZTEzOC"
    "03YzcyLWY3YWYtZDc1ZC1hNzkzZmQwZGI1MTgSJI56AHQiFmF1dGhfdXNlcnBhc3NfYzE5MGM2MjQ6CG1mYS0BFwBCEe0UnP+4vgNKMg4AAFoF"
    "5wRyIC3AMGxvY2FsLWFsaWFzZXMyzgGSBgE8GgZzdmMtMDYiBgoBbhIBNjV1EIKM4YUDNXUFDk51AfBGUmoKJDc0MWFlY2FhLTE2NDctNzJjYy"
    "0wNTgzLWM3NDY2YzgwNTY0MhJCCgVwaG9uZRI5CgdGaXh0dXJlEB4YASAGKAEwFEKSrAAUYgRyb290";
constexpr char kGroup[] =
    "U/8GAABzTmFQcFkAOwEAL8jfoqMD8G0KF3BhY2tlci9ncm91cC9idWNrZXRzLzQ4EocDCiRiNzY5YWEzMS04OTVkLTJjMTktNGIxOC1iYmJhNm"
    "EyNmQ2YjUS3gIKInR5cGUuZ29vZ2xlYXBpcy5jb20vaWRlbnRpdHkuR3JvdXAStwIKJJJQAIAHb3V0c2lkZRoIb2xkLWZvcm06DAjqrovYBhDr"
    "j6+VA0IRDhysgqyWA0gCUl7DAKhatAEKJGZkZjhiMzk0LWZiZTMtODA5Ni1kMmYwLWFjZGIzNWQ1YTJlZBIkjpkAkCIWYXV0aF91c2VycGFzc1"
    "9jMTkwYzYyNDoLbGRhcC1hZG1pbnMVnRTu96qWA0oRqzDtm6yWA1oEcm9vdHIfLXI0bG9jYWwtYWxpYXNlcy85ejxiCGV4dGVybmFsagRyb290";
constexpr char kEmptied[] = "U/8GAABzTmFQcFkBGAAAqtkRXgoScGFja2VyL2J1Y2tldHMvMjMz";

std::string bytes(const char* text) {
  const auto decoded = codec::from_base64(text);
  EXPECT_TRUE(decoded.ok());
  return decoded.ok() ? *decoded : "";
}

TEST(Bucket, OfTheReferenceIsReadAndKeptWhole) {
  const auto bucket = parse_bucket(bytes(kTwoEntities));
  ASSERT_TRUE(bucket.ok());
  EXPECT_EQ(bucket->key, "packer/buckets/192");
  ASSERT_EQ(bucket->items.size(), 2u);
  for (const auto& item : bucket->items) {
    EXPECT_EQ(bucket_key(kEntityBuckets, item.id), bucket->key);
    const auto entity = parse_entity(item.message);
    ASSERT_TRUE(entity.ok());
    EXPECT_EQ(entity->id, item.id);
    const auto again = parse_entity(serialize_entity(*entity));
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(again->aliases, entity->aliases);
    EXPECT_EQ(again->mfa_secrets, entity->mfa_secrets);
    EXPECT_EQ(again->creation_time, entity->creation_time);
  }
  const auto again = parse_bucket(serialize_bucket(*bucket));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->items.at(1).message, bucket->items.at(1).message);
}

TEST(Bucket, EmptiedOnesStayAsTheirKey) {
  const auto bucket = parse_bucket(bytes(kEmptied));
  ASSERT_TRUE(bucket.ok());
  EXPECT_EQ(bucket->key, "packer/buckets/233");
  EXPECT_TRUE(bucket->items.empty());
}

TEST(Bucket, FieldsOfNewerReleasesSurvive) {
  const auto bucket = parse_bucket(std::string("\x0a\x01k\xa2\x06\x03new", 9));
  ASSERT_TRUE(bucket.ok());
  EXPECT_FALSE(bucket->unknown.empty());
  const auto again = parse_bucket(serialize_bucket(*bucket));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->unknown, bucket->unknown);
}

TEST(Index, FindsByEveryKeyAndForgetsWhatIsGone) {
  Index index;
  ASSERT_TRUE(index.apply("packer/buckets/192", bytes(kTwoEntities)).ok());
  ASSERT_TRUE(index.apply("packer/group/buckets/48", bytes(kGroup)).ok());
  const KeptEntity entity = index.entity_by_name("SVC-06");
  ASSERT_NE(entity, nullptr);
  EXPECT_EQ(index.entity(entity->record.id), entity);
  ASSERT_FALSE(entity->record.aliases.empty());
  for (const Alias& alias : entity->record.aliases) {
    EXPECT_EQ(index.entity_by_alias(alias.id), entity);
    EXPECT_EQ(index.entity_by_factors(alias.mount_accessor, alias.name), entity);
  }
  const KeptGroup group = index.group_by_name("outside");
  ASSERT_NE(group, nullptr);
  ASSERT_TRUE(group->record.alias.has_value());
  EXPECT_EQ(index.group_by_factors(group->record.alias->mount_accessor, "LDAP-admins"), group);

  Index later = index;
  ASSERT_TRUE(later.apply("packer/buckets/192", "").ok());
  EXPECT_EQ(later.entity_by_name("svc-06"), nullptr);
  EXPECT_EQ(later.entity(entity->record.id), nullptr);
  EXPECT_NE(index.entity(entity->record.id), nullptr) << "an index that somebody holds doesn't change";
}

TEST(Index, WhatDidNotChangeKeepsItsSerial) {
  Index index;
  ASSERT_TRUE(index.apply("packer/buckets/192", bytes(kTwoEntities)).ok());
  const uint64_t serial = index.entity_by_name("svc-06")->serial;
  auto bucket = parse_bucket(bytes(kTwoEntities));
  ASSERT_TRUE(bucket.ok());
  bucket->unknown.clear();
  ASSERT_TRUE(index.apply("packer/buckets/192", serialize_bucket(*bucket)).ok());
  EXPECT_EQ(index.entity_by_name("svc-06")->serial, serial);
}

// A group's parents reach everything below them, and a circle in stored data ends.
TEST(Index, GroupsAreFollowedUpwards) {
  Index index;
  const auto put = [&](const std::string& id, std::vector<std::string> parents, OptionalList members) {
    Group group;
    group.id = id;
    group.name = id;
    group.parent_group_ids = std::move(parents);
    group.member_entity_ids = std::move(members);
    Bucket bucket;
    bucket.key = bucket_key(kGroupBuckets, id);
    bucket.put(id, "Group", serialize_group(group));
    ASSERT_TRUE(index.apply(bucket.key, serialize_bucket(bucket)).ok());
  };
  put("low", {"middle"}, std::vector<std::string>{"someone"});
  put("middle", {"high"}, std::nullopt);
  put("high", {"low"}, std::nullopt);
  const auto groups = index.groups_of("someone");
  ASSERT_EQ(groups.direct.size(), 1u);
  EXPECT_EQ(groups.direct[0]->record.id, "low");
  ASSERT_EQ(groups.inherited.size(), 2u);
  EXPECT_EQ(groups.inherited[0]->record.id, "middle");
  EXPECT_EQ(groups.inherited[1]->record.id, "high");
  EXPECT_EQ(index.member_groups("high"), std::vector<std::string>{"middle"});
}

TEST(Records, GivenAsEmptyIsNotTheSameAsNotGiven) {
  Group group;
  group.id = "g";
  group.member_entity_ids.emplace();
  const auto again = parse_group(serialize_group(group));
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again->member_entity_ids.has_value());
  EXPECT_FALSE(again->policies.has_value());
}

}  // namespace
}  // namespace bao::core::identity
