// A listing is known as long as nothing below its folder was written, and only to snapshots that would list the same.
#include "internal/storage/listing_cache.h"

#include <gtest/gtest.h>

namespace bao::storage {
namespace {

std::vector<std::string> many(char first) { return std::vector<std::string>(100, std::string(1, first)); }

TEST(ListingCache, AListingHoldsUntilSomethingBelowItIsWritten) {
  ListingCache cache;
  cache.note("a/b/old", base::Index{5});
  cache.keep("a/b/", many('x'), base::Index{7});
  ASSERT_NE(cache.find("a/b/", base::Index{7}), nullptr);
  EXPECT_EQ(*cache.find("a/b/", base::Index{7}), many('x'));
  EXPECT_NE(cache.find("a/b/", base::Index{6}), nullptr) << "nothing was written between";
  EXPECT_EQ(cache.find("a/b/", base::Index{4}), nullptr) << "an older snapshot lists something else";
  EXPECT_EQ(cache.find("a/", base::Index{7}), nullptr);
  cache.note("a/other", base::Index{8});
  EXPECT_NE(cache.find("a/b/", base::Index{8}), nullptr);
  cache.note("a/b/c/deep", base::Index{9});
  EXPECT_EQ(cache.find("a/b/", base::Index{9}), nullptr);
  EXPECT_EQ(cache.find("a/b/", base::Index{7}), nullptr) << "rather read again than reason about it";
}

TEST(ListingCache, AFillFromBeforeAWriteIsNeverServed) {
  ListingCache cache;
  cache.note("a/k", base::Index{9});
  cache.keep("a/", many('x'), base::Index{8});
  EXPECT_EQ(cache.find("a/", base::Index{9}), nullptr);
  EXPECT_EQ(cache.find("a/", base::Index{8}), nullptr);
}

TEST(ListingCache, TheRootIsAFolder) {
  ListingCache cache;
  cache.keep("", many('x'), base::Index{1});
  EXPECT_NE(cache.find("", base::Index{1}), nullptr);
  cache.note("leaf", base::Index{2});
  EXPECT_EQ(cache.find("", base::Index{2}), nullptr);
}

TEST(ListingCache, IsBounded) {
  ListingCache cache;
  const std::vector<std::string> large(10'000, std::string(100, 'n'));
  for (int i = 0; i < 50; ++i) cache.keep(std::to_string(i) + "/", large, base::Index{1});
  int kept = 0;
  for (int i = 0; i < 50; ++i) kept += cache.find(std::to_string(i) + "/", base::Index{1}) != nullptr;
  EXPECT_GT(kept, 0);
  EXPECT_LT(kept, 20);
  cache.keep("small/", {"a", "b"}, base::Index{1});
  EXPECT_EQ(cache.find("small/", base::Index{1}), nullptr);
}

}  // namespace
}  // namespace bao::storage
