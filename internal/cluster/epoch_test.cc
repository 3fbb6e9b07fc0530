#include "internal/cluster/epoch.h"

#include <gtest/gtest.h>

#include <set>

namespace bao::cluster {
namespace {

using base::Index;

TEST(Epoch, IsAnotherOneAfterEachChangeAndTheSameOtherwise) {
  Epoch epoch;
  std::set<std::string> seen;
  const auto changed = [&](Index data_since) { return seen.insert(*epoch.get(data_since)).second; };
  EXPECT_EQ(*epoch.get(Index{}), "") << "unformed";
  epoch.set("cluster", "");
  EXPECT_TRUE(changed(Index{}));
  epoch.set("cluster", "recovered");
  EXPECT_TRUE(changed(Index{}));
  EXPECT_TRUE(changed(Index{7})) << "other data";
  EXPECT_TRUE(changed(Index{71})) << "and again";
  epoch.set("cluster", "again");
  EXPECT_TRUE(changed(Index{71}));
  epoch.set("cluster", "again");
  EXPECT_FALSE(changed(Index{71}));
}

TEST(Epoch, IsPutTogetherOnce) {
  Epoch epoch;
  epoch.set("cluster", "");
  const auto first = epoch.get(Index{7});
  epoch.set("cluster", "");
  EXPECT_EQ(epoch.get(Index{7}), first);
  epoch.set("cluster", "recovered");
  EXPECT_NE(epoch.get(Index{7}), first);
  EXPECT_EQ(*first, "cluster/7/") << "who holds one keeps it";
}

}  // namespace
}  // namespace bao::cluster
