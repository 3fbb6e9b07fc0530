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

TEST(Invalidation, AnUnownedPrefixIsCounted) {
  Invalidation registry;
  const int64_t before = base::counter("invalidation.unowned").value();
  registry.apply({base::Index{1}, {"logical/u/secret-name", "logical/u/other"}});
  EXPECT_EQ(base::counter("invalidation.unowned").value(), before + 2);
}

TEST(InvalidationDeathTest, AnUnownedPrefixEndsAStrictProcess) {
  Invalidation registry;
  registry.set_strict(true);
  EXPECT_DEATH(registry.apply({base::Index{1}, {"logical/u/x"}}), "no owner of the storage prefix");
}

}  // namespace
}  // namespace bao::core
