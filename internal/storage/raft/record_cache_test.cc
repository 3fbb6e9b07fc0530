// A snapshot never gets a record of another moment, whatever the order of reads and changes; memory is bounded.
#include "internal/storage/raft/record_cache.h"

#include <gtest/gtest.h>

namespace bao::storage::raft {
namespace {

Record record_of(std::string value, uint64_t modified) { return {std::move(value), base::Index{modified}}; }

TEST(RecordCache, ServesSnapshotsBetweenTwoChangesOnly) {
  RecordCache cache;
  cache.put("a", record_of("old", 3), base::Index{5});
  EXPECT_EQ(cache.find("a", base::Index{4})->value, "old");  // an older snapshot that sees the same record
  EXPECT_EQ(cache.find("a", base::Index{9})->modified.value, 3u);
  EXPECT_FALSE(cache.find("b", base::Index{5}));
  cache.changing("a", base::Index{10});
  EXPECT_FALSE(cache.find("a", base::Index{9}));
  EXPECT_FALSE(cache.find("a", base::Index{10}));
  cache.put("a", record_of("old", 3), base::Index{9});  // by a reader that began before the change
  EXPECT_FALSE(cache.find("a", base::Index{10}));
  cache.put("a", record_of("new", 10), base::Index{10});
  EXPECT_FALSE(cache.find("a", base::Index{9}));
  EXPECT_EQ(cache.find("a", base::Index{11})->value, "new");
}

TEST(RecordCache, ForgetsWhatWasRemoved) {
  RecordCache cache;
  cache.put("a", record_of("value", 1), base::Index{1});
  cache.forget("a");
  cache.forget("never there");
  EXPECT_FALSE(cache.find("a", base::Index{1}));
}

TEST(RecordCache, AValueTooLargeToKeepTakesTheEarlierOneAway) {
  RecordCache cache;
  cache.changing("a", base::Index{2});
  cache.put("a", record_of("small", 1), base::Index{2});  // of one batch
  cache.put("a", record_of(std::string(RecordCache::kValueBytesMax + 1, 'l'), 2), base::Index{2});
  EXPECT_FALSE(cache.find("a", base::Index{2}));
}

// A load of many secrets is not to take the place of what readers use.
TEST(RecordCache, OfWhatABatchWroteItKeepsWhatItHad) {
  RecordCache cache;
  cache.put("read", record_of("old", 1), base::Index{1});
  for (const char* key : {"read", "written"}) cache.changing(key, base::Index{2});
  cache.keep_written({base::Index{2}, {"written", "read", "read"}, false}, {record_of("w", 2), record_of("between", 2), record_of("new", 2)});
  EXPECT_EQ(cache.find("read", base::Index{2})->value, "new");
  EXPECT_FALSE(cache.find("written", base::Index{2}));
  cache.changing("read", base::Index{3});
  cache.keep_written({base::Index{3}, {"read"}, false}, {std::nullopt});
  EXPECT_FALSE(cache.find("read", base::Index{3}));
}

TEST(RecordCache, IsBoundedAndKeepsWhatIsUsed) {
  RecordCache cache;
  const std::string value(1000, 'v');
  cache.put("kept", record_of(value, 1), base::Index{1});
  constexpr size_t kKeys = 4 * RecordCache::kBytesMax / 1000;
  for (size_t i = 0; i < kKeys; ++i) {
    cache.put("k" + std::to_string(i), record_of(value, 1), base::Index{1});
    if (i % 100 == 0) {
      EXPECT_TRUE(cache.find("kept", base::Index{1})) << i;
    }
  }
  size_t found = 0;
  for (size_t i = 0; i < kKeys; ++i) found += cache.find("k" + std::to_string(i), base::Index{1}) ? 1 : 0;
  EXPECT_GT(found, 1000u);
  EXPECT_LT(found * value.size(), RecordCache::kBytesMax);
  cache.put("large", record_of(std::string(RecordCache::kValueBytesMax + 1, 'l'), 1), base::Index{1});
  EXPECT_FALSE(cache.find("large", base::Index{1}));
}

}  // namespace
}  // namespace bao::storage::raft
