// The longest prefix owns a key, and nothing that is written goes unowned.
#include "internal/core/invalidation/invalidation.h"

#include <gtest/gtest.h>

#include "internal/base/metrics.h"

namespace bao::core {
namespace {

TEST(Invalidation, TheLongestPrefixIsTold) {
  Invalidation registry;
  std::vector<std::string> told;
  registry.own("core/", "core", [&](std::string_view key, base::Index) { told.push_back("core " + std::string(key)); });
  registry.own("core/mounts/", "mounts", [&](std::string_view key, base::Index index) {
    told.push_back("mounts " + std::string(key) + " " + std::to_string(index.value));
  });
  registry.own("core/mountain", "geology", nullptr);
  registry.apply({base::Index{7}, {"core/mounts/a", "core/mountain", "core/mount", "core/zebra"}});
  EXPECT_EQ(told, (std::vector<std::string>{"mounts core/mounts/a 7", "core core/mount", "core core/zebra"}));
  EXPECT_EQ(registry.owner_of("core/mountain/high"), "geology");
  EXPECT_EQ(registry.owner_of("logical/x"), "");
}

TEST(Invalidation, TellsWhatEachOwnerWasTold) {
  Invalidation registry;
  registry.own("core/mounts", "mounts", [](std::string_view, base::Index) {});
  registry.own("core/auth", "mounts", [](std::string_view, base::Index) {});
  registry.own("sys/token/", "token", nullptr);
  registry.apply({base::Index{7}, {"core/mounts/a", "core/auth/b"}});
  registry.apply({base::Index{9}, {}, /*everything=*/true});
  const auto activity = registry.activity();
  ASSERT_EQ(activity.size(), 3u);
  EXPECT_EQ(activity[0].owner, "mounts");
  EXPECT_EQ(activity[0].prefixes, (std::vector<std::string>{"core/auth", "core/mounts"}));
  EXPECT_TRUE(activity[0].caches);
  EXPECT_EQ(activity[0].marks, 2u);
  EXPECT_EQ(activity[0].last, base::Index{7});
  EXPECT_GT(activity[0].last_at, base::Time{});
  EXPECT_EQ(activity[1].marks, 0u);
  EXPECT_FALSE(activity[1].caches);
  EXPECT_EQ(activity[2].owner, "everything");
  EXPECT_EQ(activity[2].last, base::Index{9});
}

// a key that no cache knew was passed over in silence
TEST(Invalidation, AnUnownedPrefixIsCounted) {
  Invalidation registry;
  const int64_t before = base::counter("invalidation.unowned").value();
  registry.apply({base::Index{1}, {"logical/u/secret-name", "logical/u/other"}});
  EXPECT_EQ(base::counter("invalidation.unowned").value(), before + 2);
}

// a key that no cache knew was passed over in silence
TEST(InvalidationDeathTest, AnUnownedPrefixEndsAStrictProcess) {
  Invalidation registry;
  registry.set_strict(true);
  EXPECT_DEATH(registry.apply({base::Index{1}, {"logical/u/x"}}), "no owner of the storage prefix");
}

}  // namespace
}  // namespace bao::core
