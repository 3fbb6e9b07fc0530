// What was read, by value or by list, reads the same as long as nobody changed it.
#include "internal/core/recording_view.h"

#include <gtest/gtest.h>

namespace bao::core {
namespace {

class Entries final : public storage::ReadView {
 public:
  std::map<std::string, std::string, std::less<>> all;
  base::Result<std::optional<std::string>> get(std::string_view key) const override {
    const auto at = all.find(key);
    return at == all.end() ? std::nullopt : std::optional(at->second);
  }
  base::Result<std::vector<std::string>> list(std::string_view prefix, std::string_view, int64_t) const override {
    std::vector<std::string> names;
    for (const auto& [key, value] : all) {
      if (key.starts_with(prefix)) names.push_back(key.substr(prefix.size()));
    }
    return names;
  }
  base::Index index() const override { return {}; }
  base::Result<std::vector<storage::IndexRow>> index_scan(std::string_view, std::string_view, int64_t) const override {
    return std::vector<storage::IndexRow>();
  }
};

class Recording : public testing::Test {
 protected:
  Recording() {
    entries.all = {{"role/a", "1"}, {"role/b", ""}, {"other", "x"}};
    RecordingView view(entries);
    EXPECT_EQ(*view.get("role/a"), "1");
    EXPECT_EQ(*view.get("role/b"), "");
    EXPECT_EQ(*view.get("gone"), std::nullopt);
    EXPECT_EQ(view.list("role/", "", -1)->size(), 2u);
    seen = view.take();
  }
  bool same() const { return *seen.reads_the_same(entries); }

  Entries entries;
  RecordingView::Seen seen;
};

TEST_F(Recording, ReadsTheSameUntilSomethingThatWasReadChanges) {
  EXPECT_TRUE(same());
  entries.all["other"] = "y";
  EXPECT_TRUE(same()) << "nobody read it";
  entries.all["role/a"] = "2";
  EXPECT_FALSE(same());
}

TEST_F(Recording, WhatIsEmptyIsNotWhatIsAbsent) {
  entries.all.erase("role/b");
  EXPECT_FALSE(same());
  entries.all["role/b"] = "";
  EXPECT_TRUE(same());
  entries.all["gone"] = "";
  EXPECT_FALSE(same());
}

TEST_F(Recording, AListIsReadAsAWhole) {
  entries.all["role/c"] = "3";
  EXPECT_FALSE(same());
}

TEST_F(Recording, IndexTablesAreNoneOfItsBusiness) {
  const RecordingView view(entries);
  EXPECT_FALSE(view.index_scan("lease_expiry", "", 1).ok());
}

}  // namespace
}  // namespace bao::core
