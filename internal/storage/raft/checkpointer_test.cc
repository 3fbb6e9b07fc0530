// What is moved is on the disk before the WAL forgets it, and neither writers nor readers keep the WAL from starting over.
#include "internal/storage/raft/checkpointer.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "internal/sqlite/fault_vfs.h"
#include "internal/storage/raft/state_machine.h"

namespace bao::storage::raft {
namespace {

using sqlite::FaultVfs;

constexpr size_t kPageBytes = 4096;

std::string new_folder() {
  std::string pattern = std::filesystem::temp_directory_path() / "checkpointer-XXXXXX";
  return mkdtemp(pattern.data());
}

class CheckpointerTest : public testing::Test {
 protected:
  ~CheckpointerTest() override { std::filesystem::remove_all(folder); }

  std::string file() const { return folder + "/state.db"; }
  std::unique_ptr<StateMachine> open() {
    auto machine = StateMachine::open(file(), vfs.name());
    EXPECT_TRUE(machine.ok()) << machine.error().message();
    return std::move(*machine);
  }
  std::unique_ptr<Checkpointer> start(StateMachine& machine) {
    auto checkpointer = Checkpointer::open(machine.db(), vfs.name(), [this] { pool.let_go(); });
    EXPECT_TRUE(checkpointer.ok()) << checkpointer.error().message();
    return std::move(*checkpointer);
  }
  // One transaction of so many pages; whether it is certain.
  static bool write(StateMachine& machine, int pages, uint64_t salt = 0) {
    Batch batch{std::make_shared<Pending>(Proposal{})};
    for (int i = 0; i < pages; ++i) {
      const std::string key = "key/" + std::to_string((salt + static_cast<uint64_t>(i)) % 700);
      batch[0]->proposal.operations.push_back({Operation::Kind::put, key, std::string(kPageBytes, 'v'), "", ""});
    }
    (void)machine.apply(batch);
    return batch[0]->result.ok();
  }

  const std::string folder = new_folder();
  FaultVfs vfs{"checkpointer-test"};
  ReadPool pool{folder + "/state.db", vfs.name()};
};

TEST_F(CheckpointerTest, WritersGoOnAndWhatTheyWroteBecomesDurable) {
  auto machine = open();
  auto checkpointer = start(*machine);
  EXPECT_EQ(checkpointer->durable().value, 0u);
  int largest = 0;
  for (uint64_t i = 0; i < 600; ++i) {
    ASSERT_TRUE(write(*machine, 40, i));
    checkpointer->rest();
    largest = std::max(largest, machine->db().wal_pages());
  }
  EXPECT_GT(checkpointer->durable().value, 0u);
  EXPECT_LE(checkpointer->durable(), machine->applied());
  EXPECT_LT(largest, 16'000) << "the WAL never started over";
  checkpointer->now();
  EXPECT_EQ(checkpointer->durable(), machine->applied());
}

TEST_F(CheckpointerTest, AReadLentWhenItShouldLetGoEndsWhenItComesBack) {
  auto machine = open();
  ASSERT_TRUE(write(*machine, 10));
  auto idle = *pool.lend(machine->applied()), lent = *pool.lend(machine->applied());
  pool.give_back(std::move(idle));
  ASSERT_TRUE(write(*machine, 10));
  pool.let_go();
  ASSERT_TRUE(machine->db().checkpoint(sqlite::Db::Checkpoint::passive).ok());
  pool.give_back(std::move(lent));
  const auto moved = *machine->db().checkpoint(sqlite::Db::Checkpoint::restart);
  EXPECT_EQ(moved.moved, moved.written);
  ASSERT_TRUE(write(*machine, 10));
  EXPECT_LT(machine->db().wal_pages(), moved.written) << "the WAL started over";
}

// A snapshot that is kept holds the WAL, nothing else.
TEST_F(CheckpointerTest, AKeptSnapshotStopsNoWriter) {
  auto machine = open();
  auto checkpointer = start(*machine);
  ASSERT_TRUE(write(*machine, 10));
  const base::Index seen = machine->applied();
  auto kept = *pool.lend(seen);
  for (uint64_t i = 0; i < 200; ++i) {
    ASSERT_TRUE(write(*machine, 40, i));
    checkpointer->rest();
  }
  EXPECT_EQ(kept->index, seen);
  pool.give_back(std::move(kept));
  checkpointer->now();
  EXPECT_EQ(checkpointer->durable(), machine->applied());
}

// The copies are in the file and not on the disk: until they are, writers go on, and nothing of the WAL may be written over.
TEST_F(CheckpointerTest, WhileTheDatabaseIsSyncedCommitsAreMadeAndTheWalKeepsAll) {
  base::Index certain;
  {
    auto machine = open();
    auto checkpointer = start(*machine);
    for (uint64_t i = 0; machine->db().wal_pages() < 1000; ++i) ASSERT_TRUE(write(*machine, 40, i));
    vfs.fail(FaultVfs::Operation::sync, 2, FaultVfs::Fault::stuck);  // the first is the WAL's
    while (!vfs.hangs() && checkpointer->durable().value == 0) checkpointer->rest();
    ASSERT_EQ(checkpointer->durable().value, 0u) << "called durable without a sync of the database";
    for (uint64_t i = 0; i < 50; ++i) {
      ASSERT_TRUE(write(*machine, 10, i));
      checkpointer->rest();
    }
    certain = machine->applied();
    vfs.fail(FaultVfs::Operation::sync, 1, FaultVfs::Fault::power_loss);
    ASSERT_FALSE(write(*machine, 10));
    vfs.clear();
  }
  vfs.lose_unsynced(0);
  auto machine = open();
  EXPECT_TRUE(*machine->db().check(std::chrono::minutes(1)));
  EXPECT_GE(machine->applied(), certain);
}

class PowerLossAtACheckpoint : public CheckpointerTest, public testing::WithParamInterface<sqlite::Synchronous> {
 protected:
  // Returns what was certain when the power went: what commits waited for (full), or what the checkpointer called durable.
  base::Index write_until_the_power_is_lost(uint64_t salt) {
    auto machine = open();
    EXPECT_TRUE(machine->db().set_synchronous(GetParam()).ok());
    auto checkpointer = start(*machine);
    base::Index certain = machine->applied();
    for (uint64_t i = 0; !vfs.power_lost(); ++i) {
      const bool done = write(*machine, 1 + static_cast<int>((salt + i) % 60), salt + i);
      if (done && GetParam() == sqlite::Synchronous::full) certain = machine->applied();
      checkpointer->rest();
      if (GetParam() == sqlite::Synchronous::normal) certain = std::max(certain, checkpointer->durable());
    }
    return certain;
  }
};

TEST_P(PowerLossAtACheckpoint, TakesNothingThatWasCertainAndDamagesNothing) {
  const uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int round = 0; round < 20; ++round) {
    { auto made = open(); }
    const bool sync = random() % 3 != 0;
    vfs.fail(sync ? FaultVfs::Operation::sync : FaultVfs::Operation::write,
             static_cast<int64_t>(1 + random() % (GetParam() == sqlite::Synchronous::full ? (sync ? 250 : 12'000) : (sync ? 12 : 12'000))),
             FaultVfs::Fault::power_loss);
    const base::Index certain = write_until_the_power_is_lost(random());
    vfs.lose_unsynced(random());
    auto machine = open();
    ASSERT_TRUE(*machine->db().check(std::chrono::minutes(1)));
    ASSERT_GE(machine->applied(), certain);
  }
}

INSTANTIATE_TEST_SUITE_P(Commits, PowerLossAtACheckpoint, testing::Values(sqlite::Synchronous::full, sqlite::Synchronous::normal),
                         [](const auto& tested) { return tested.param == sqlite::Synchronous::full ? "Full" : "Normal"; });

}  // namespace
}  // namespace bao::storage::raft
