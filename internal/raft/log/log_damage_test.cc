// A damaged log is named, with its file and the index, and never taken for a shorter one.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "internal/raft/log/log_rows.h"
#include "internal/raft/log/log_test_world.h"
#include "internal/sqlite/db.h"

namespace bao::raft {
namespace {

class LogDamageTest : public LogTest {
 protected:
  LogDamageTest() {
    auto log = open();
    for (uint64_t i = 0; i < 10; ++i) {
      EXPECT_TRUE(write(*log, writer.write({writer.next(1, "payload-" + std::to_string(i))}, {1, 2, std::min<uint64_t>(i, 4)})).ok());
    }
  }
  void damage(const std::string& sql) {
    sqlite::OpenOptions options;
    auto db = *sqlite::Db::open(path, options);
    ASSERT_TRUE(db->execute(sql).ok());
    ASSERT_TRUE(db->checkpoint(sqlite::Db::Checkpoint::truncate).ok());
  }
  void expect_refused(const std::string& naming) {
    const auto opened = try_open();
    ASSERT_FALSE(opened.ok()) << naming;
    EXPECT_EQ(opened.error().code(), base::Code::corrupt) << opened.error().message();
    EXPECT_NE(opened.error().message().find(path), std::string::npos) << opened.error().message();
    EXPECT_NE(opened.error().message().find(naming), std::string::npos) << opened.error().message();
  }
  static std::string row(uint64_t index) { return std::to_string(row_id(0, Index{index})); }

  Writer writer{GroupId{9}};
};

TEST_F(LogDamageTest, AMissingEntryIsNamed) {
  damage("DELETE FROM log WHERE id = " + row(6));
  expect_refused("index 6: the entry is missing");
}

TEST_F(LogDamageTest, AMissingFirstEntryIsNamed) {
  damage("DELETE FROM log WHERE id = " + row(1));
  expect_refused("index 1: the entry is missing");
}

TEST_F(LogDamageTest, AFlippedPayloadIsNamed) {
  damage("UPDATE log SET payload = CAST('payload-x' AS BLOB) WHERE id = " + row(7));
  expect_refused("index 7: the checksum does not match");
}

TEST_F(LogDamageTest, EveryColumnIsChecked) {
  for (const char* change : {"term = 2", "kind = 0", "kind = 9", "checksum = checksum + 1", "chain = zeroblob(16)", "chain = x'00'"}) {
    std::filesystem::copy_file(path, path + ".whole", std::filesystem::copy_options::overwrite_existing);
    damage(std::string("UPDATE log SET ") + change + " WHERE id = " + row(3));
    expect_refused("index 3: ");
    std::filesystem::rename(path + ".whole", path);
  }
  EXPECT_TRUE(try_open().ok());
}

TEST_F(LogDamageTest, AnEntryFromAnotherHistoryBreaksTheChain) {
  Entry other{Index{8}, Term{1}, EntryKind::data, "another", Chain{7}};
  damage("UPDATE log SET payload = CAST('another' AS BLOB), chain = x'07000000000000000000000000000000', checksum = " +
         std::to_string(checksum(GroupId{9}, other)) + " WHERE id = " + row(8));
  expect_refused("index 8: it does not follow");
}

TEST_F(LogDamageTest, ATailCutBelowTheCommitHintIsNamed) {
  damage("DELETE FROM log WHERE id > " + row(2));
  expect_refused("index 3: the entry is missing");
}

TEST_F(LogDamageTest, ATailCutAboveTheCommitHintIsNamedToo) {
  damage("DELETE FROM log WHERE id > " + row(8));
  expect_refused("index 9: the entry is missing");
}

TEST_F(LogDamageTest, RowsBehindTheEndAreNamed) {
  damage("UPDATE log SET id = id + 5 WHERE id = " + row(10));
  expect_refused("index 10: the entry is missing");
}

TEST_F(LogDamageTest, ADamagedHardStateIsNamed) {
  for (const char* change : {"term = 0", "vote = 3", "commit_hint = 3", "last_index = 9", "start_index = 1", "group_id = 8",
                             "configuration = x'01'", "slot = 1", "last_chain = x''"}) {
    std::filesystem::copy_file(path, path + ".whole", std::filesystem::copy_options::overwrite_existing);
    damage(std::string("UPDATE hard_state SET ") + change);
    expect_refused("damaged");
    std::filesystem::rename(path + ".whole", path);
  }
}

TEST_F(LogDamageTest, ALostHardStateIsFound) {
  damage("DELETE FROM hard_state");
  expect_refused("without hard state");
}

TEST_F(LogDamageTest, ADamagedIdentityIsFound) {
  damage("UPDATE meta SET node = 5");
  expect_refused("identity is damaged");
}

TEST_F(LogDamageTest, AnotherFormatOrProgramIsRefusedAsSuch) {
  damage("UPDATE meta SET format = 2");
  EXPECT_EQ(try_open().error().code(), base::Code::invalid);
  damage("UPDATE meta SET format = 1; PRAGMA application_id = 7");
  EXPECT_EQ(try_open().error().code(), base::Code::invalid);
}

TEST_F(LogDamageTest, ACutOrEmptyFileIsRefused) {
  std::filesystem::resize_file(path, 8192);
  expect_refused("");
  std::filesystem::resize_file(path, 0);
  expect_refused("cut short");
}

// The rest of the tests damage the write-ahead log of a node that was killed.
class WalDamageTest : public LogDamageTest {
 protected:
  WalDamageTest() {
    auto log = open();
    EXPECT_TRUE(log->checkpoint().ok());
    for (int i = 0; i < 6; ++i) EXPECT_TRUE(write(*log, writer.write({writer.next(1, std::string(900, 'w'))}, {1, 2, 4})).ok());
    killed = folder + "/killed.db";
    std::filesystem::copy_file(path, killed);
    std::filesystem::copy_file(path + "-wal", killed + "-wal");
    log.reset();
    path = killed;
  }
  int64_t wal_frames() const { return static_cast<int64_t>(std::filesystem::file_size(killed + "-wal") - 32) / 4120; }
  void flip(int64_t frame, int64_t byte) {
    std::fstream wal(killed + "-wal", std::ios::in | std::ios::out | std::ios::binary);
    const int64_t at = 32 + frame * 4120 + byte;
    wal.seekg(at);
    const char flipped = static_cast<char>(wal.get() ^ 4);
    wal.seekp(at);
    wal.put(flipped);
  }
  std::string killed;
};

TEST_F(WalDamageTest, AKilledNodeHasEverything) { EXPECT_EQ(open()->last(GroupId{9}), Index{16}); }

TEST_F(WalDamageTest, AFlippedBitInADurableBatchIsNoTornWrite) {
  flip(1, 2000);
  expect_refused("write-ahead log is damaged at frame 2");
}

TEST_F(WalDamageTest, NorIsOneInAFramesHeader) {
  for (const int64_t byte : {1, 5, 9, 14, 17, 22}) {
    flip(2, byte);
    expect_refused("write-ahead log is damaged at frame 3");
    flip(2, byte);
  }
  EXPECT_EQ(open()->last(GroupId{9}), Index{16});
}

TEST_F(WalDamageTest, ATornNewestBatchIsForgotten) {
  flip(wal_frames() - 1, 100);
  EXPECT_EQ(open()->last(GroupId{9}), Index{15}) << "it looks the same as a write that the power loss tore";
}

TEST_F(LogDamageTest, ABitFlippedOnReadIsAnErrorOfLoad) {
  {
    auto log = open();
    ASSERT_TRUE(write(*log, writer.write({writer.next(1, std::string(100'000, 'p'))}, {1, 2, 4})).ok());
  }
  auto log = open();
  ASSERT_TRUE(log->load(GroupId{9}, Index{1}, Index{2}, 1).ok()) << "the connection has read the schema";
  vfs.fail(sqlite::FaultVfs::Operation::read, 10, sqlite::FaultVfs::Fault::bit_flip);
  const auto read = log->load(GroupId{9}, Index{11}, Index{11}, 1000);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code(), base::Code::corrupt);
  EXPECT_NE(read.error().message().find("index 11"), std::string::npos) << read.error().message();
  EXPECT_TRUE(log->load(GroupId{9}, Index{11}, Index{11}, 1000).ok()) << "it was the read, not the disk";
}

TEST_F(LogDamageTest, AMisdirectedWriteIsFoundOrWithoutEffect) {
  std::filesystem::copy_file(path, folder + "/whole");
  for (int64_t nth = 1; nth <= 12; ++nth) {
    SCOPED_TRACE("write " + std::to_string(nth));
    std::filesystem::copy_file(folder + "/whole", path, std::filesystem::copy_options::overwrite_existing);
    std::filesystem::remove(path + "-wal");
    Writer next = writer;
    bool wrote = true;
    {
      auto log = open();
      vfs.fail(sqlite::FaultVfs::Operation::write, nth, sqlite::FaultVfs::Fault::misdirected);
      for (int i = 0; i < 4 && wrote; ++i) wrote = write(*log, next.write({next.next(1, std::string(3000, 'm'))}, {1, 2, 4})).ok();
    }
    vfs.clear();
    auto log = try_open();
    if (log.ok()) {
      EXPECT_EQ((*log)->recover(GroupId{9}, 1)->last, next.end.position.index) << "nothing may be lost unnoticed";
    } else {
      EXPECT_EQ(log.error().code(), base::Code::corrupt) << log.error().message();
    }
  }
}

TEST_F(LogDamageTest, AFullDiskIsACleanErrorAndALaterWriteWorks) {
  auto log = open();
  const auto bytes = log->bytes(GroupId{9});
  vfs.fail(sqlite::FaultVfs::Operation::write, 2, sqlite::FaultVfs::Fault::disk_full);
  Writer fails = writer;
  for (int i = 0; i < 3; ++i) {
    LogWrite refused = fails.write({fails.next(5, "never")}, {5, 1, 4});
    const auto status = write(*log, refused);
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code(), base::Code::unavailable) << status.error().message();
    fails = writer;
  }
  EXPECT_EQ(log->compact(GroupId{9}, Index{3}, 10).error().code(), base::Code::unavailable);
  EXPECT_EQ(log->last(GroupId{9}), Index{10});
  EXPECT_EQ(log->bytes(GroupId{9}), bytes);
  vfs.clear();
  ASSERT_TRUE(write(*log, writer.write({writer.next(6, "later")}, {6, 1, 4})).ok());
  log = reopen(std::move(log));
  EXPECT_EQ(log->recover(GroupId{9}, 1)->tail.back()->payload, "later");
  EXPECT_EQ(log->recover(GroupId{9}, 1)->hard, (HardState{Term{6}, NodeId{1}, Index{4}}));
}

TEST_F(LogDamageTest, AfterAnIoErrorNothingIsWrittenAnyMore) {
  auto log = open();
  vfs.fail(sqlite::FaultVfs::Operation::write, 1, sqlite::FaultVfs::Fault::io_error);
  Writer fails = writer;
  ASSERT_FALSE(write(*log, fails.write({fails.next(1, "a")}, {1, 2, 4})).ok());
  fails = writer;
  const auto again = write(*log, fails.write({fails.next(1, "b")}, {1, 2, 4}));
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code(), base::Code::internal);
}

using LogDeathTest = LogDamageTest;
TEST_F(LogDeathTest, AFailedFsyncEndsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "fast");
  auto log = open();
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        vfs.fail(sqlite::FaultVfs::Operation::sync, 1, sqlite::FaultVfs::Fault::io_error);
        (void)write(*log, writer.write({writer.next(1, "a")}, {1, 2, 4}));
      },
      "fsync failed");
}

}  // namespace
}  // namespace bao::raft
