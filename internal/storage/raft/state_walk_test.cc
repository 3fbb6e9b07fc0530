// The check of a database beside the requests: it finds what is damaged, and holds nobody up.
#include "internal/storage/raft/state_walk.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "internal/sqlite/db.h"

namespace bao::storage::raft {
namespace {

constexpr int kRows = 400;
constexpr size_t kPageBytes = 4096;

std::string numbered(const std::string& name, int number) { return name + std::to_string(1000 + number); }

class StateWalkTest : public testing::Test {
 protected:
  StateWalkTest() {
    std::string pattern = std::filesystem::temp_directory_path() / "state-walk-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    const auto db = open();
    for (const std::string table : {"kv", "kv_next"})
      execute(*db, "CREATE TABLE " + table + "(id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, modified_index INTEGER NOT NULL, value BLOB NOT NULL)");
    execute(*db, "CREATE TABLE index_row(table_name BLOB NOT NULL, sort_key BLOB NOT NULL, key BLOB NOT NULL,"
                 " PRIMARY KEY(table_name, sort_key, key)) WITHOUT ROWID");
    write(*db, "kv", "INSERT INTO kv(key, modified_index, value) VALUES(?1, 1, zeroblob(600))", "key/");
    write(*db, "kv", "INSERT INTO kv(key, modified_index, value) VALUES(?1, 1, zeroblob(20000))", "large/", 5);
    write(*db, "kv_next", "INSERT INTO kv_next(key, modified_index, value) VALUES(?1, 1, zeroblob(600))", "next/");
    write(*db, "index_row", "INSERT INTO index_row VALUES(CAST('lease' AS BLOB), ?1, x'31')", "sort/");
    execute(*db, "INSERT INTO kv(key, modified_index, value) VALUES(x'', 1, x'31')");
    EXPECT_TRUE(db->checkpoint(sqlite::Db::Checkpoint::truncate).ok());
  }
  ~StateWalkTest() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<sqlite::Db> open(sqlite::Access access = sqlite::Access::read_write) {
    sqlite::OpenOptions options;
    options.access = access;
    auto db = sqlite::Db::open(file(), options);
    EXPECT_TRUE(db.ok()) << db.error().message();
    return std::move(*db);
  }
  static void execute(sqlite::Db& db, const std::string& sql) {
    const auto done = db.execute(sql);
    ASSERT_TRUE(done.ok()) << done.error().message();
  }
  static void write(sqlite::Db& db, const std::string& table, const std::string& sql, const std::string& name, int rows = kRows) {
    auto transaction = sqlite::Transaction::begin(db, sqlite::Transaction::Kind::write);
    auto insert = db.prepare(sql);
    ASSERT_TRUE(transaction.ok() && insert.ok()) << table;
    for (int i = 0; i < rows; ++i) ASSERT_TRUE(insert->bind(1, numbered(name, i)).run().ok());
    ASSERT_TRUE(transaction->commit().ok());
  }
  std::string file() const { return folder_ + "/state.db"; }

  base::Result<bool> walk(std::chrono::nanoseconds piece = {}) {
    const auto db = open(sqlite::Access::read_only);
    StateWalk walk(*db);
    for (;;) {
      ASSIGN_OR_RETURN(const bool through, walk.step(piece));
      if (through) return true;
    }
  }
  void expect_found(std::chrono::nanoseconds piece = {}) {
    const auto walked = walk(piece);
    ASSERT_FALSE(walked.ok()) << "what is damaged was not seen";
    EXPECT_EQ(walked.error().code(), base::Code::corrupt) << walked.error().message();
    EXPECT_NE(walked.error().message().find(file()), std::string::npos) << walked.error().message();
  }
  // All places of `text` in the file: in the table, and in the index.
  std::vector<size_t> places(const std::string& text) {
    std::ifstream in(file(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    std::vector<size_t> found;
    for (size_t at = bytes.find(text); at != bytes.npos; at = bytes.find(text, at + 1)) found.push_back(at);
    return found;
  }
  void overwrite(size_t at, const std::string& bytes) {
    std::fstream out(file(), std::ios::in | std::ios::out | std::ios::binary);
    out.seekp(static_cast<std::streamoff>(at));
    out << bytes;
  }

 private:
  std::string folder_;
};

TEST_F(StateWalkTest, ASoundDatabaseIsFoundSound) {
  const auto walked = walk();
  EXPECT_TRUE(walked.ok() && *walked) << walked.error().message();
}

// Whichever row it is of, and whether it is the table's or the index's: the row, the index entry and the key between them differ.
TEST_F(StateWalkTest, AKeyThatIsNotWhatItWasIsFound) {
  for (const std::string key : {"key/1077", "large/1002", "next/1399"}) {
    const auto found = places(key);
    ASSERT_GE(found.size(), 2u) << key;
    for (const size_t at : found) {
      SCOPED_TRACE(key + " at " + std::to_string(at));
      std::string altered = key;
      altered.back() ^= 0x40;
      overwrite(at, altered);
      expect_found();
      overwrite(at, key);
    }
  }
  ASSERT_TRUE(walk().ok());
}

TEST_F(StateWalkTest, ARowOfAnIndexTableOutOfItsOrderIsFound) {
  const auto found = places("sort/1200");
  ASSERT_EQ(found.size(), 1u);
  overwrite(found[0], "sort/1100");
  expect_found(std::chrono::seconds(10));  // a piece that begins between both does not see it
}

// The database's pages but the first, one after the other. The last page of a long value holds nothing but bytes of it, which
// whoever opens its envelope looks at.
TEST_F(StateWalkTest, AnOverwrittenPageIsFound) {
  const size_t pages = std::filesystem::file_size(file()) / kPageBytes;
  std::ifstream in(file(), std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  int of_long_values = 0;
  for (size_t page = 1; page < pages; ++page) {
    const std::string head = bytes.substr(page * kPageBytes, 64);
    if (head == std::string(64, '\0')) continue;
    if (head.substr(4) == std::string(60, '\0')) ++of_long_values;
    SCOPED_TRACE("page " + std::to_string(page + 1));
    overwrite(page * kPageBytes, std::string(64, '\xff'));
    expect_found();
    overwrite(page * kPageBytes, head);
  }
  EXPECT_GT(of_long_values, 10);
}

// A long read would keep the WAL: it grows for as long as a large database is checked.
TEST_F(StateWalkTest, TheWalStartsOverWhileItIsUnderWay) {
  const auto writer = open(), reader = open(sqlite::Access::read_only);
  StateWalk walk(*reader);
  int steps = 0;
  for (;; ++steps) {
    const auto through = walk.step({});
    ASSERT_TRUE(through.ok()) << through.error().message();
    if (*through) break;
    if (steps % 100 != 0) continue;
    execute(*writer, "UPDATE kv SET modified_index = modified_index + 1 WHERE key = CAST('key/1001' AS BLOB)");
    const auto pages = writer->checkpoint(sqlite::Db::Checkpoint::truncate);
    ASSERT_TRUE(pages.ok()) << pages.error().message();
    ASSERT_EQ(std::filesystem::file_size(file() + "-wal"), 0u) << "step " << steps;
  }
  EXPECT_GT(steps, 4 * kRows);
}

// A snapshot is installed, data replaced: the tables are others from one step to the next.
TEST_F(StateWalkTest, OtherTablesInTheirPlaceAreNoDamage) {
  const auto writer = open(), reader = open(sqlite::Access::read_only);
  StateWalk walk(*reader);
  for (int i = 0; i < kRows / 2; ++i) ASSERT_TRUE(walk.step({}).ok());
  execute(*writer, "BEGIN; DROP TABLE kv; ALTER TABLE kv_next RENAME TO kv; CREATE TABLE kv_next(id INTEGER PRIMARY KEY,"
                   " key BLOB NOT NULL UNIQUE, modified_index INTEGER NOT NULL, value BLOB NOT NULL); COMMIT");
  for (;;) {
    const auto through = walk.step({});
    ASSERT_TRUE(through.ok()) << through.error().message();
    if (*through) break;
  }
}

}  // namespace
}  // namespace bao::storage::raft
