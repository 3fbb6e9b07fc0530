// A listing touches each name once, however many keys lie below a folder.
#include "internal/storage/listing.h"

#include <gtest/gtest.h>

#include <set>

namespace bao::storage {
namespace {

class CountingCursor {
 public:
  explicit CountingCursor(const std::set<std::string, std::less<>>& keys) : keys_(keys) {}
  base::Status seek(std::string_view from) {
    ++moves;
    at_ = keys_.lower_bound(from);
    return {};
  }
  base::Status next() {
    ++moves;
    ++at_;
    return {};
  }
  bool valid() const { return at_ != keys_.end(); }
  std::string_view key() const { return *at_; }
  int moves = 0;

 private:
  const std::set<std::string, std::less<>>& keys_;
  std::set<std::string, std::less<>>::const_iterator at_;
};

TEST(Listing, FoldersAreJumpedOver) {
  std::set<std::string, std::less<>> keys{"m/a", "m/z"};
  for (int i = 0; i < 1000; ++i) keys.insert("m/deep/" + std::to_string(i));
  CountingCursor cursor(keys);
  EXPECT_EQ(*names_below(cursor, "m/", "", -1), (std::vector<std::string>{"a", "deep/", "z"}));
  EXPECT_EQ(cursor.moves, 4);
}

TEST(Listing, ALimitedOneStopsAtItsLastName) {
  std::set<std::string, std::less<>> keys;
  for (int i = 100; i < 200; ++i) keys.insert("m/" + std::to_string(i));
  CountingCursor cursor(keys);
  EXPECT_EQ(*names_below(cursor, "m/", "149", 2), (std::vector<std::string>{"150", "151"}));
  EXPECT_EQ(cursor.moves, 3);
}

}  // namespace
}  // namespace bao::storage
