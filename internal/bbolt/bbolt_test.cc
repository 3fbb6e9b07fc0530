// What a reader of bbolt files promises: every record once and in order, of the transaction that was committed last; and that damage is said.
#include <gtest/gtest.h>
#include <sys/file.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <vector>

#include "internal/bbolt/database.h"
#include "internal/bbolt/mapped_file.h"
#include "internal/bbolt/test_image.h"

namespace bao::bbolt {
namespace {

using Records = std::vector<std::pair<std::string, std::string>>;
constexpr size_t kPage = TestImage::kPageBytes;

base::Result<Records> records_of(std::string_view file, std::string_view name) {
  ASSIGN_OR_RETURN(const Database database, Database::open(file));
  ASSIGN_OR_RETURN(const auto bucket, database.bucket(database.root(), name));
  if (!bucket) return base::Error(base::Code::absent, "no such bucket");
  Records all;
  TRY(database.each(*bucket, [&](std::string_view key, std::string_view value) -> base::Status {
    all.emplace_back(key, value);
    return {};
  }));
  return all;
}

TestBucket example() {
  TestBucket data;
  for (int i = 10; i < 30; ++i) data.records["key" + std::to_string(i)] = "value" + std::to_string(i);
  data.records["key15"] = std::string(3 * kPage, 'x');  // on a page with overflow
  data.records["key16"] = "";
  TestBucket small{{{"a", "1"}, {"b", "2"}}, {}, true};
  TestBucket root;
  root.buckets = {{"data", data}, {"config", small}, {"nested", TestBucket{{{"n", "0"}}, {{"data", small}}}}};
  return root;
}

TEST(Bbolt, EveryRecordOnceAndInOrder) {
  const std::string file = TestImage::of(example());
  const auto read = records_of(file, "data");
  ASSERT_TRUE(read.ok()) << read.error().message();
  const auto expected = example().buckets["data"].records;
  EXPECT_EQ(*read, Records(expected.begin(), expected.end()));
}

TEST(Bbolt, InlinedAndNestedBuckets) {
  const std::string file = TestImage::of(example());
  EXPECT_EQ(*records_of(file, "config"), (Records{{"a", "1"}, {"b", "2"}}));
  EXPECT_EQ(*records_of(file, "nested"), (Records{{"n", "0"}})) << "a bucket is no record";
  const Database database = *Database::open(file);
  const auto outer = *database.bucket(database.root(), "nested");
  EXPECT_TRUE((*database.bucket(*outer, "data")).has_value());
  EXPECT_FALSE((*database.bucket(database.root(), "absent")).has_value());
}

TEST(Bbolt, TheNewerWholeMetaPageCounts) {
  std::string file = TestImage::of(example(), 7);
  EXPECT_EQ(Database::open(file)->transaction(), 7u);
  file[16 + 48] = 9;  // the first one was being written when the power went
  const auto after = Database::open(file);
  ASSERT_TRUE(after.ok());
  EXPECT_EQ(after->transaction(), 6u);
  EXPECT_EQ(records_of(file, "config")->size(), 2u);
  file[kPage + 16 + 48] = 9;
  EXPECT_EQ(Database::open(file).error().code(), base::Code::corrupt);
  EXPECT_EQ(Database::open("SQLite format 3").error().code(), base::Code::invalid);
}

std::string with_page_field(std::string file, uint64_t page, size_t at, uint64_t number, size_t width) {
  std::string field;
  TestImage::put(field, number, width);
  return file.replace(page * kPage + at, width, field);
}

// The tree below `data` begins at page 2: leaves first, their branch behind them.
uint64_t branch_of(const std::string& file) {
  for (uint64_t page = 2; page < file.size() / kPage; ++page) {
    if (file[page * kPage] == static_cast<char>(page) && file[page * kPage + 8] == 1) return page;
  }
  return 0;
}

TEST(Bbolt, PagesThatCannotBe) {
  const std::string file = TestImage::of(example());
  const uint64_t branch = branch_of(file);
  ASSERT_GT(branch, 2u);
  const size_t first_child = 16 + 8;
  const auto message = [&](const std::string& damaged) {
    const auto read = records_of(damaged, "data");
    return read.ok() ? std::string("read") : read.error().message();
  };
  const std::string of_branch = "page " + std::to_string(branch) + ": ";
  EXPECT_EQ(message(with_page_field(file, branch, first_child, branch, 8)), of_branch + "it is referred to twice");
  EXPECT_EQ(message(with_page_field(file, branch, first_child, 1u << 30, 8)), "page 1073741824: there is no such page");
  EXPECT_EQ(message(with_page_field(file, branch, first_child, 1, 8)), "page 1: there is no such page");
  EXPECT_EQ(message(with_page_field(file, branch, 0, 3, 8)), of_branch + "it says that it is another one");
  EXPECT_EQ(message(with_page_field(file, branch, 8, 16, 2)), of_branch + "neither a branch nor a leaf");
  EXPECT_EQ(message(with_page_field(file, branch, 10, 0xffff, 2)), of_branch + "more elements than it has room for");
  EXPECT_EQ(message(with_page_field(file, branch, 12, 0xffffffff, 4)), of_branch + "it is longer than the file");
  EXPECT_EQ(message(with_page_field(file, branch, 16, 0xffffffff, 4)), of_branch + "an element points out of it");
  EXPECT_EQ(message(file.substr(0, 3 * kPage)).substr(0, 5), "page ");
}

TEST(Bbolt, AFileInUseIsTold) {
  char path[] = "/tmp/bbolt-XXXXXX";
  const int descriptor = mkstemp(path);
  std::ofstream(path) << TestImage::of(example());
  ASSERT_EQ(flock(descriptor, LOCK_EX), 0);
  const auto used = MappedFile::open(path);
  ASSERT_FALSE(used.ok());
  EXPECT_NE(used.error().message().find("in use by another process"), std::string::npos);
  flock(descriptor, LOCK_UN);
  {
    const auto free = MappedFile::open(path);
    ASSERT_TRUE(free.ok()) << free.error().message();
    EXPECT_EQ(records_of(free->bytes(), "data")->size(), 20u);
    EXPECT_NE(flock(descriptor, LOCK_EX | LOCK_NB), 0) << "no server may start meanwhile";
  }
  EXPECT_EQ(flock(descriptor, LOCK_EX | LOCK_NB), 0);
  close(descriptor);
  unlink(path);
  EXPECT_EQ(MappedFile::open(path).error().code(), base::Code::absent);
}

}  // namespace
}  // namespace bao::bbolt
