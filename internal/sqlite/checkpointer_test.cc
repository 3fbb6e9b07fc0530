// What is moved is on the disk before the WAL forgets it, and writers wait for no fsync of it.
#include "internal/sqlite/checkpointer.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "internal/sqlite/fault_vfs.h"

namespace bao::sqlite {
namespace {

std::string new_folder() {
  std::string pattern = std::filesystem::temp_directory_path() / "checkpointer-XXXXXX";
  return mkdtemp(pattern.data());
}

// Rows of about a page each, and the number of the transaction that was committed last.
class CheckpointerTest : public testing::Test {
 protected:
  ~CheckpointerTest() override { std::filesystem::remove_all(folder); }

  std::unique_ptr<Db> open(Access access = Access::read_write) {
    OpenOptions options;
    options.access = access;
    options.vfs = vfs.name();
    options.busy_timeout = std::chrono::milliseconds(20);
    auto db = Db::open(folder + "/test.db", options);
    EXPECT_TRUE(db.ok()) << db.error().message();
    return std::move(*db);
  }
  std::unique_ptr<Db> make() {
    auto db = open();
    EXPECT_TRUE(db->execute("CREATE TABLE IF NOT EXISTS page(id INTEGER PRIMARY KEY, v BLOB);"
                            "CREATE TABLE IF NOT EXISTS last(n INTEGER); INSERT INTO last SELECT 0 WHERE NOT EXISTS (SELECT * FROM last)").ok());
    return db;
  }
  std::unique_ptr<Checkpointer> start(Db& db) {
    auto checkpointer = Checkpointer::open(db, vfs.name(), "SELECT n FROM last", [] {});
    EXPECT_TRUE(checkpointer.ok()) << checkpointer.error().message();
    return std::move(*checkpointer);
  }
  static uint64_t last(Db& db) { return static_cast<uint64_t>(*db.number("SELECT n FROM last")); }
  static bool write(Db& db, int pages, uint64_t salt = 0) {
    const auto done = [&]() -> base::Status {
      ASSIGN_OR_RETURN(auto transaction, Transaction::begin(db, Transaction::Kind::write));
      for (int i = 0; i < pages; ++i) {
        const std::string id = std::to_string((salt + static_cast<uint64_t>(i)) % 700);
        TRY(db.execute("INSERT OR REPLACE INTO page VALUES(" + id + ", randomblob(3900))"));
      }
      TRY(db.execute("UPDATE last SET n = n + 1"));
      return transaction.commit();
    }();
    return done.ok();
  }

  const std::string folder = new_folder();
  FaultVfs vfs{"checkpointer-test"};
};

TEST_F(CheckpointerTest, WritersGoOnAndWhatTheyWroteBecomesDurable) {
  auto db = make();
  auto checkpointer = start(*db);
  EXPECT_EQ(checkpointer->durable(), 0u);
  int largest = 0;
  for (uint64_t i = 0; i < 600; ++i) {
    ASSERT_TRUE(write(*db, 40, i));
    checkpointer->rest();
    largest = std::max(largest, db->wal_pages());
    ASSERT_LE(checkpointer->durable(), i + 1);
  }
  EXPECT_GT(checkpointer->durable(), 0u);
  EXPECT_LT(largest, 16'000) << "the WAL never started over";
  ASSERT_TRUE(checkpointer->now().ok());
  EXPECT_EQ(checkpointer->durable(), 600u);
}

// It holds the WAL, nothing else.
TEST_F(CheckpointerTest, ASnapshotThatIsKeptStopsNoWriter) {
  auto db = make();
  auto checkpointer = start(*db);
  ASSERT_TRUE(write(*db, 10));
  auto reader = open(Access::read_only);
  {
    auto kept = *Transaction::begin(*reader, Transaction::Kind::read);
    EXPECT_EQ(last(*reader), 1u);
    for (uint64_t i = 0; i < 200; ++i) {
      ASSERT_TRUE(write(*db, 40, i));
      checkpointer->rest();
    }
    EXPECT_EQ(last(*reader), 1u);
    EXPECT_LE(checkpointer->durable(), 1u);
  }
  ASSERT_TRUE(checkpointer->now().ok());
  EXPECT_EQ(checkpointer->durable(), 201u);
}

// The copies are in the file and not on the disk: until they are, writers go on, and nothing of the WAL may be written over.
TEST_F(CheckpointerTest, WhileTheDatabaseIsSyncedCommitsAreMadeAndTheWalKeepsAll) {
  uint64_t certain = 0;
  {
    auto db = make();
    auto checkpointer = start(*db);
    for (uint64_t i = 0; db->wal_pages() < 1000; ++i) ASSERT_TRUE(write(*db, 40, i));
    vfs.fail(FaultVfs::Operation::sync, 2, FaultVfs::Fault::stuck);  // the first is the WAL's
    while (!vfs.hangs() && checkpointer->durable() == 0) checkpointer->rest();
    ASSERT_EQ(checkpointer->durable(), 0u) << "called durable without a sync of the database";
    for (uint64_t i = 0; i < 50; ++i) {
      ASSERT_TRUE(write(*db, 10, i));
      checkpointer->rest();
    }
    certain = last(*db);
    vfs.fail(FaultVfs::Operation::sync, 1, FaultVfs::Fault::power_loss);
    ASSERT_FALSE(write(*db, 10));
    vfs.clear();
  }
  vfs.lose_unsynced(0);
  auto db = open();
  EXPECT_TRUE(*db->check(std::chrono::minutes(1)));
  EXPECT_GE(last(*db), certain);
}

class PowerLossAtACheckpoint : public CheckpointerTest, public testing::WithParamInterface<Synchronous> {
 protected:
  // Returns what was certain when the power went: what commits waited for (full), or what was called durable (normal).
  uint64_t write_until_the_power_is_lost(uint64_t salt) {
    auto db = open();
    EXPECT_TRUE(db->set_synchronous(GetParam()).ok());
    auto checkpointer = start(*db);
    uint64_t certain = last(*db), number = certain;
    for (uint64_t i = 0; !vfs.power_lost(); ++i) {
      if (write(*db, 1 + static_cast<int>((salt + i) % 60), salt + i)) ++number;
      if (GetParam() == Synchronous::full && !vfs.power_lost()) certain = number;
      checkpointer->rest();
      if (GetParam() == Synchronous::normal) certain = std::max(certain, checkpointer->durable());
    }
    return certain;
  }
};

TEST_P(PowerLossAtACheckpoint, TakesNothingThatWasCertainAndDamagesNothing) {
  const uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  const uint64_t syncs = GetParam() == Synchronous::full ? 250 : 12;
  for (int round = 0; round < 12; ++round) {
    {
      auto db = make();
      ASSERT_TRUE(db->checkpoint(Db::Checkpoint::truncate).ok());
    }
    const bool sync = random() % 3 != 0;
    vfs.fail(sync ? FaultVfs::Operation::sync : FaultVfs::Operation::write,
             static_cast<int64_t>(1 + random() % (sync ? syncs : 2'500)), FaultVfs::Fault::power_loss);
    const uint64_t certain = write_until_the_power_is_lost(random());
    vfs.lose_unsynced(random());
    auto db = open();
    ASSERT_TRUE(*db->check(std::chrono::minutes(1)));
    ASSERT_GE(last(*db), certain);
  }
}

INSTANTIATE_TEST_SUITE_P(Commits, PowerLossAtACheckpoint, testing::Values(Synchronous::full, Synchronous::normal),
                         [](const auto& tested) { return tested.param == Synchronous::full ? "Full" : "Normal"; });

}  // namespace
}  // namespace bao::sqlite
