// A path finds the mount with the longest route that is a prefix of it.
#include "internal/core/mounts/router.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace bao::core {
namespace {

std::shared_ptr<const Mount> mount_at(const std::string& route, const std::string& uuid = "") {
  auto mount = std::make_shared<Mount>();
  mount->entry.table = "mounts";
  mount->entry.path = route;
  mount->entry.uuid = uuid.empty() ? "uuid-of-" + std::to_string(std::hash<std::string>()(route)) : uuid;
  mount->entry.accessor = "kv_" + route;
  mount->mount_point = route;
  return mount;
}

std::string found(const Router& router, std::string_view path) {
  const auto* mount = router.find(path);
  return mount == nullptr ? "none" : (*mount)->mount_point;
}

TEST(Router, TheLongestRouteWins) {
  const Router router({mount_at("secret/"), mount_at("secret/team/"), mount_at("sec/"), mount_at("sys/"),
                       mount_at("auth/token/"), mount_at("auth/user/")});
  EXPECT_EQ(found(router, "secret/a"), "secret/");
  EXPECT_EQ(found(router, "secret/"), "secret/");
  EXPECT_EQ(found(router, "secret/teams"), "secret/");
  EXPECT_EQ(found(router, "secret/team/x"), "secret/team/");
  EXPECT_EQ(found(router, "sec/ret"), "sec/");
  EXPECT_EQ(found(router, "auth/token/create"), "auth/token/");
  EXPECT_EQ(found(router, "auth/t"), "none");
  EXPECT_EQ(found(router, "auth/"), "none");
  EXPECT_EQ(found(router, ""), "none");
  EXPECT_EQ(found(router, "s"), "none");
}

TEST(Router, AMissingSlashCountsWhereNothingElseMatches) {
  const Router router({mount_at("secret/"), mount_at("a/"), mount_at("a/b/")});
  EXPECT_EQ(found(router, "secret"), "secret/");
  EXPECT_EQ(found(router, "secre"), "none");
  EXPECT_EQ(found(router, "secretx"), "none");
  EXPECT_EQ(found(router, "a/b"), "a/");
  EXPECT_EQ(found(router, "a"), "a/");
}

TEST(Router, WhatIsInTheWay) {
  const Router router({mount_at("one/"), mount_at("two/deep/")});
  EXPECT_NE(router.in_the_way("one/under/"), nullptr);
  EXPECT_EQ(router.in_the_way("two/")->mount_point, "two/deep/");
  EXPECT_EQ(router.in_the_way("three/"), nullptr);
}

TEST(Router, AStorageKeyNamesItsMount) {
  const Router router({mount_at("one/", "u-1"), mount_at("auth/two/", "u-2")});
  EXPECT_EQ(router.by_storage_key("logical/u-1/a/b")->mount_point, "one/");
  EXPECT_EQ(router.by_storage_key("auth/u-2/user/x")->mount_point, "auth/two/");
  EXPECT_EQ(router.by_storage_key("logical/u-3/a"), nullptr);
  EXPECT_EQ(router.by_storage_key("core/u-1"), nullptr);
  EXPECT_EQ(router.by_accessor("kv_one/")->mount_point, "one/");
}

TEST(Router, AgreesWithAPlainScan) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto word = [&] {
    std::string out;
    for (size_t i = random() % 3 + 1; i > 0; --i) out += "ab/"[random() % 3];
    return out;
  };
  for (int round = 0; round < 200; ++round) {
    std::vector<std::shared_ptr<const Mount>> mounts;
    std::set<std::string> routes;
    for (size_t i = random() % 12; i > 0; --i) routes.insert(word() + word() + "/");
    for (const std::string& route : routes) mounts.push_back(mount_at(route));
    const Router router(mounts);
    for (int query = 0; query < 20; ++query) {
      const std::string path = word() + word() + word();
      std::string expected = "none";
      for (const std::string& route : routes) {
        if (path.starts_with(route) && (expected == "none" || route.size() > expected.size())) expected = route;
      }
      if (expected == "none" && routes.contains(path + "/") && path.back() != '/') expected = path + "/";
      EXPECT_EQ(found(router, path), expected) << path;
    }
  }
}

}  // namespace
}  // namespace bao::core
