// The connection wrappers and the faults that tests of storage rely on.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "internal/sqlite/db.h"
#include "internal/sqlite/fault_vfs.h"

namespace bao::sqlite {
namespace {

class SqliteTest : public testing::Test {
 protected:
  SqliteTest() {
    std::string pattern = std::filesystem::temp_directory_path() / "sqlite-XXXXXX";
    folder = mkdtemp(pattern.data());
    path = folder + "/test.db";
  }
  ~SqliteTest() override { std::filesystem::remove_all(folder); }
  std::unique_ptr<Db> open(Access access = Access::read_write) {
    OpenOptions options;
    options.access = access;
    options.vfs = vfs.name();
    auto db = Db::open(path, options);
    EXPECT_TRUE(db.ok()) << db.error().message();
    return std::move(*db);
  }
  static base::Status insert(Db& db, int64_t number) {
    ASSIGN_OR_RETURN(Transaction transaction, Transaction::begin(db, Transaction::Kind::write));
    TRY(db.execute("INSERT INTO t VALUES (" + std::to_string(number) + ", zeroblob(3000))"));
    return transaction.commit();
  }
  std::string folder, path;
  FaultVfs vfs{"fault-test"};
};

TEST_F(SqliteTest, StatementsBindReadAndRunAgain) {
  auto db = open();
  ASSERT_TRUE(db->execute("CREATE TABLE t (k BLOB UNIQUE, n INTEGER)").ok());
  auto insert = *db->prepare("INSERT INTO t VALUES (?, ?)");
  ASSERT_TRUE(insert.bind(1, std::string_view("a\0b", 3)).bind(2, int64_t{7}).run().ok());
  ASSERT_TRUE(insert.bind(1, std::string_view()).bind(2, int64_t{8}).run().ok());
  EXPECT_FALSE(insert.bind(1, std::string_view()).bind(2, int64_t{9}).run().ok()) << "unique";
  auto select = *db->prepare("SELECT n, k FROM t WHERE k >= ? ORDER BY k");
  ASSERT_TRUE(*select.bind(1, std::string_view()).step());
  EXPECT_EQ(select.number(0), 8);
  ASSERT_TRUE(*select.step());
  EXPECT_EQ(select.blob(1), std::string_view("a\0b", 3));
  EXPECT_FALSE(*select.step());
}

TEST_F(SqliteTest, ATransactionThatIsNotCommittedLeavesNothing) {
  auto db = open();
  ASSERT_TRUE(db->execute("CREATE TABLE t (n INTEGER, b BLOB)").ok());
  {
    auto transaction = *Transaction::begin(*db, Transaction::Kind::write);
    ASSERT_TRUE(db->execute("INSERT INTO t VALUES (1, NULL)").ok());
  }
  EXPECT_EQ(*db->number("SELECT count(*) FROM t"), 0);
}

TEST_F(SqliteTest, AReaderKeepsItsSnapshotWhileTheWriterGoesOnAndCheckpoints) {
  auto writer = open();
  ASSERT_TRUE(writer->execute("CREATE TABLE t (n INTEGER, b BLOB)").ok());
  auto reader = open(Access::read_only);
  auto snapshot = *Transaction::begin(*reader, Transaction::Kind::read);
  EXPECT_EQ(*reader->number("SELECT count(*) FROM t"), 0);
  ASSERT_TRUE(insert(*writer, 1).ok());
  EXPECT_GT(writer->wal_pages(), 0);
  ASSERT_TRUE(writer->checkpoint(Db::Checkpoint::passive).ok());
  EXPECT_EQ(*reader->number("SELECT count(*) FROM t"), 0);
  ASSERT_TRUE(snapshot.commit().ok());
  EXPECT_EQ(*reader->number("SELECT count(*) FROM t"), 1);
  EXPECT_FALSE(reader->execute("DELETE FROM t").ok());
}

TEST_F(SqliteTest, ACommitIsOneFsync) {
  auto db = open();
  ASSERT_TRUE(db->execute("CREATE TABLE t (n INTEGER, b BLOB)").ok());
  const int64_t before = vfs.count(FaultVfs::Operation::sync);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(insert(*db, i).ok());
  EXPECT_EQ(vfs.count(FaultVfs::Operation::sync) - before, 10);
}

TEST_F(SqliteTest, TheFramesOfACommitAreOneWriteToTheWal) {
  auto db = open();
  ASSERT_TRUE(db->execute("CREATE TABLE t (n INTEGER, b BLOB)").ok());
  const int64_t before = vfs.count(FaultVfs::Operation::write);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(insert(*db, i).ok());
  EXPECT_EQ(vfs.count(FaultVfs::Operation::write) - before, 10);
}

// So large that pages go to the WAL before the commit, and are read and written again there.
TEST_F(SqliteTest, ATransactionLargerThanTheCacheIsWhole) {
  auto db = open();
  ASSERT_TRUE(db->execute("CREATE TABLE t (n INTEGER PRIMARY KEY, b BLOB)").ok());
  for (int round = 1; round <= 3; ++round) {
    auto transaction = *Transaction::begin(*db, Transaction::Kind::write);
    for (int i = 0; i < 1000; ++i) {
      const std::string n = std::to_string(i % 400), bytes = std::to_string(2000 + round);
      ASSERT_TRUE(db->execute("INSERT OR REPLACE INTO t VALUES (" + n + ", zeroblob(" + bytes + "))").ok());
    }
    if (round == 2) continue;  // rolled back: what was spilled is written over
    ASSERT_TRUE(transaction.commit().ok());
    auto reader = open(Access::read_only);
    EXPECT_EQ(*reader->number("SELECT sum(length(b)) FROM t"), 400 * (2000 + round));
    EXPECT_TRUE(*reader->check(std::chrono::minutes(1)));
  }
  db.reset();
  EXPECT_EQ(*open()->number("SELECT sum(length(b)) FROM t"), 400 * 2003) << "from the WAL";
}

TEST_F(SqliteTest, AFullDiskIsACleanErrorAndTheNextCommitWorks) {
  auto db = open();
  ASSERT_TRUE(db->execute("CREATE TABLE t (n INTEGER, b BLOB)").ok());
  ASSERT_TRUE(insert(*db, 1).ok());
  vfs.fail(FaultVfs::Operation::write, 1, FaultVfs::Fault::disk_full);
  const auto refused = insert(*db, 2);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), base::Code::unavailable) << refused.error().message();
  EXPECT_NE(refused.error().message().find("test.db"), std::string::npos);
  EXPECT_EQ(*db->number("SELECT count(*) FROM t"), 1);
  vfs.clear();
  ASSERT_TRUE(insert(*db, 3).ok());
  EXPECT_EQ(*db->number("SELECT sum(n) FROM t"), 4);
}

TEST_F(SqliteTest, AFailedWriteIsAnErrorOnce) {
  auto db = open();
  ASSERT_TRUE(db->execute("CREATE TABLE t (n INTEGER, b BLOB)").ok());
  vfs.fail(FaultVfs::Operation::write, 1, FaultVfs::Fault::io_error);
  EXPECT_FALSE(insert(*db, 1).ok());
  EXPECT_TRUE(insert(*db, 2).ok());
  EXPECT_EQ(*db->number("SELECT sum(n) FROM t"), 2);
}

TEST_F(SqliteTest, ABitFlippedOnReadReachesTheReader) {
  auto writer = open();
  ASSERT_TRUE(writer->execute("CREATE TABLE t (n INTEGER, b BLOB)").ok());
  ASSERT_TRUE(insert(*writer, 1).ok());
  ASSERT_TRUE(writer->checkpoint(Db::Checkpoint::truncate).ok());
  auto reader = open(Access::read_only);
  auto select = *reader->prepare("SELECT b FROM t");  // has read the schema
  vfs.fail(FaultVfs::Operation::read, 1, FaultVfs::Fault::bit_flip);
  ASSERT_TRUE(*select.step());
  EXPECT_NE(select.blob(0), std::string(3000, '\0'));
  EXPECT_EQ(select.blob(0).size(), 3000u);
}

TEST_F(SqliteTest, AMisdirectedWriteIsReportedAsDone) {
  auto db = open();
  ASSERT_TRUE(db->execute("CREATE TABLE t (n INTEGER, b BLOB)").ok());
  vfs.fail(FaultVfs::Operation::write, 1, FaultVfs::Fault::misdirected);
  EXPECT_TRUE(insert(*db, 1).ok());
  db.reset();
  EXPECT_EQ(*open()->number("SELECT count(*) FROM t"), 0) << "the frame that was written elsewhere is not in the WAL";
}

TEST_F(SqliteTest, AHangingSyncGoesOnWhenItIsReleased) {
  auto db = open();
  ASSERT_TRUE(db->execute("CREATE TABLE t (n INTEGER, b BLOB)").ok());
  vfs.fail(FaultVfs::Operation::sync, 1, FaultVfs::Fault::hang);
  std::atomic<bool> done{false};
  std::jthread writer([&] {
    EXPECT_TRUE(insert(*db, 1).ok());
    done = true;
  });
  vfs.wait_until_it_hangs();
  EXPECT_FALSE(done);
  vfs.clear();
  writer.join();
  EXPECT_TRUE(done);
}

using SqliteDeathTest = SqliteTest;
TEST_F(SqliteDeathTest, AFailedFsyncEndsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "fast");
  auto db = open();
  ASSERT_TRUE(db->execute("CREATE TABLE t (n INTEGER, b BLOB)").ok());
  EXPECT_DEATH(
      {
        vfs.fail(FaultVfs::Operation::sync, 1, FaultVfs::Fault::io_error);
        (void)insert(*db, 1);
      },
      "fsync failed");
}

TEST_F(SqliteTest, AfterAPowerLossTheAcknowledgedCommitsAreThere) {
  const uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  { ASSERT_TRUE(open()->execute("CREATE TABLE t (n INTEGER, b BLOB)").ok()); }
  int64_t acknowledged = 0;
  for (int round = 0; round < 20; ++round) {
    {
      auto db = open();
      EXPECT_EQ(*db->number("SELECT count(*) FROM t"), *db->number("SELECT max(n) FROM t"));
      EXPECT_GE(*db->number("SELECT count(*) FROM t"), acknowledged);
      int64_t next = *db->number("SELECT count(*) FROM t") + 1;
      vfs.fail(random() % 2 == 0 ? FaultVfs::Operation::write : FaultVfs::Operation::sync,
               static_cast<int64_t>(1 + random() % 30), FaultVfs::Fault::power_loss);
      while (insert(*db, next).ok()) {
        acknowledged = next++;
        if (next % 5 == 0) (void)db->checkpoint(Db::Checkpoint::passive);
      }
    }
    vfs.lose_unsynced(random());
  }
  auto db = open();
  EXPECT_TRUE(*db->check(std::chrono::seconds(10)));
}

TEST_F(SqliteTest, ADamagedDatabaseIsFound) {
  {
    auto db = open();
    ASSERT_TRUE(db->execute("CREATE TABLE t (n INTEGER PRIMARY KEY, b BLOB UNIQUE)").ok());
    for (int i = 0; i < 200; ++i) {
      ASSERT_TRUE(db->execute("INSERT INTO t VALUES (" + std::to_string(i) + ", randomblob(100))").ok());
    }
    ASSERT_TRUE(db->checkpoint(Db::Checkpoint::truncate).ok());
    EXPECT_TRUE(*db->check(std::chrono::seconds(10)));
  }
  const auto size = std::filesystem::file_size(path);
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(size / 2));
  file.write("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 16);
  file.close();
  const auto checked = open()->check(std::chrono::seconds(10));
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().code(), base::Code::corrupt);
  EXPECT_NE(checked.error().message().find(path), std::string::npos);
}

TEST_F(SqliteTest, AFileThatIsNoDatabaseIsRefused) {
  std::ofstream(path) << std::string(8192, 'x');
  OpenOptions options;
  const auto db = Db::open(path, options);
  ASSERT_FALSE(db.ok());
  EXPECT_EQ(db.error().code(), base::Code::corrupt);
  EXPECT_EQ(Db::open(folder + "/absent/x.db", options).error().code(), base::Code::unavailable);
}

}  // namespace
}  // namespace bao::sqlite
