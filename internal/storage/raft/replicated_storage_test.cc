// Integrated storage behind the log: files that do not fit together, what is replayed, disks that fail on the way. The rest is in storage_faults_test.cc.
#include "internal/storage/raft/replicated_storage.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "internal/base/limits.h"
#include "internal/base/log.h"
#include "internal/base/metrics.h"
#include "internal/raft/log/log_store.h"
#include "internal/sqlite/fault_vfs.h"
#include "internal/storage/raft/member_log.h"

namespace bao::storage::raft {
namespace {

namespace consensus = ::bao::raft;
using sqlite::FaultVfs;

Operation put(std::string key, std::string value) { return {Operation::Kind::put, std::move(key), std::move(value), "", ""}; }

class ReplicatedStorageTest : public testing::Test {
 protected:
  ReplicatedStorageTest() {
    base::set_log_level(base::LogLevel::error);
    std::string pattern = std::filesystem::temp_directory_path() / "replicated-storage-XXXXXX";
    folder = mkdtemp(pattern.data());
  }
  ~ReplicatedStorageTest() override { std::filesystem::remove_all(folder); }

  base::Result<std::unique_ptr<ReplicatedStorage>> try_open() {
    Options options;
    options.form_as = "";
    options.vfs = vfs.name();
    if (survives) options.storage_failed = [](std::string_view, const base::Error&) {};
    return raft::open(folder, std::move(options));
  }
  std::unique_ptr<ReplicatedStorage> open() {
    auto storage = try_open();
    EXPECT_TRUE(storage.ok()) << storage.error().message();
    return storage.ok() ? std::move(*storage) : nullptr;
  }
  static base::Result<base::Index> write(Backend& storage, const std::string& key, const std::string& value) {
    return storage.propose({{}, {}, {put(key, value)}});
  }
  static std::string read(Backend& storage, const std::string& key) {
    const auto record = storage.snapshot()->get(key);
    EXPECT_TRUE(record.ok());
    return record.ok() && *record ? (*record)->value : "(absent)";
  }
  void expect_refused(const std::string& why) {
    const auto refused = try_open();
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code(), base::Code::corrupt);
    EXPECT_NE(refused.error().message().find(folder + "/log.db"), std::string::npos) << refused.error().message();
    EXPECT_NE(refused.error().message().find(why), std::string::npos) << refused.error().message();
  }
  void remove(const std::string& file) {
    for (const char* suffix : {"", "-wal"}) std::filesystem::remove(folder + "/" + file + suffix);
  }
  // Beside the folder, as a backup keeps them.
  void copy(const std::string& from, const std::string& to) {
    std::filesystem::copy_file(folder + "/" + from, folder + "/" + to, std::filesystem::copy_options::overwrite_existing);
  }

  std::string folder;
  FaultVfs vfs{"replicated-storage-test"};
  bool survives = false;
};

TEST_F(ReplicatedStorageTest, ItLeadsItsOwnGroupAndKeepsItsIdentity) {
  consensus::NodeId node;
  base::Term term;
  for (int start = 0; start < 2; ++start) {
    auto storage = open();
    const auto status = *storage->member()->status();
    EXPECT_EQ(status.view.role, consensus::Role::leader);
    EXPECT_GT(status.view.term, term);
    ASSERT_EQ(status.configuration.voters.size(), 1u);
    if (start > 0) {
      EXPECT_EQ(*status.configuration.voters.begin(), node);
    }
    node = *status.configuration.voters.begin();
    term = status.view.term;
  }
}

TEST_F(ReplicatedStorageTest, ANewFolderBelongsToNobodyUntilItFormsOrJoinsAGroup) {
  const auto open_new = [this] { return *raft::open(folder, {.vfs = vfs.name()}); };
  {
    auto storage = open_new();
    EXPECT_EQ(storage->identity().cluster_id, "");
    EXPECT_EQ(storage->member(), nullptr);
    EXPECT_EQ(write(*storage, "a", "1").error().code(), base::Code::unavailable);
    EXPECT_EQ(read(*storage, "a"), "(absent)");
  }
  consensus::LogIdentity formed;
  {
    auto storage = open_new();
    ASSERT_TRUE(storage->form("record").ok());
    ASSERT_TRUE(write(*storage, "a", "1").ok());
    formed = storage->identity();
    EXPECT_EQ(storage->member()->status()->configuration.members.at(formed.node).context, "record");
    EXPECT_EQ(storage->form("again").error().code(), base::Code::conflict);
    EXPECT_EQ(storage->join("another group").error().code(), base::Code::conflict);
  }
  auto storage = open_new();
  EXPECT_EQ(storage->identity().cluster_id, formed.cluster_id);
  EXPECT_EQ(storage->identity().node, formed.node);
  EXPECT_EQ(read(*storage, "a"), "1");
}

TEST_F(ReplicatedStorageTest, AWriteOfAnotherReignIsNotMade) {
  auto storage = *raft::open(folder, {.vfs = vfs.name()});
  ASSERT_TRUE(storage->form("record").ok());
  const base::Term now = storage->member()->status()->view.term;
  const auto put_in = [&](base::Term reign, const char* value) {
    Proposal proposal;
    proposal.operations.push_back({Operation::Kind::put, "a", value, "", ""});
    proposal.reign = reign;
    return storage->propose(std::move(proposal));
  };
  EXPECT_TRUE(put_in(now, "1").ok());
  EXPECT_EQ(put_in(base::Term{now.value - 1}, "2").error().code(), base::Code::needs_active);
  EXPECT_EQ(put_in(base::Term{now.value + 1}, "2").error().code(), base::Code::needs_active);
  EXPECT_EQ(read(*storage, "a"), "1");
}

TEST_F(ReplicatedStorageTest, AMemberThatJoinsWaitsForDataAndKeepsWhoItIs) {
  consensus::LogIdentity joined;
  for (int start = 0; start < 2; ++start) {
    auto storage = *raft::open(folder, {.vfs = vfs.name()});
    const auto own = storage->identity().node;
    ASSERT_TRUE(storage->join("group").ok());
    EXPECT_EQ(storage->identity().node, own);
    EXPECT_EQ(storage->identity().cluster_id, "group");
    ASSERT_NE(storage->member(), nullptr);
    EXPECT_TRUE(storage->member()->status()->configuration.members.empty());
    EXPECT_EQ(write(*storage, "a", "1").error().code(), base::Code::needs_active);
    EXPECT_EQ(storage->form("record").error().code(), base::Code::conflict);
    if (start > 0) {
      EXPECT_EQ(own, joined.node);
    }
    joined = storage->identity();
  }
}

TEST_F(ReplicatedStorageTest, WhoAwaitsAnIndexIsWokenByIt) {
  auto storage = open();
  const base::Index last = *write(*storage, "a", "1");
  EXPECT_TRUE(storage->await_applied(last, std::chrono::milliseconds(0)));
  EXPECT_FALSE(storage->await_applied(base::Index{last.value + 1}, std::chrono::milliseconds(1)));
  std::thread waiting([&] { EXPECT_TRUE(storage->await_applied(base::Index{last.value + 1}, std::chrono::minutes(1))); });
  ASSERT_TRUE(write(*storage, "a", "2").ok());
  waiting.join();
}

TEST_F(ReplicatedStorageTest, AMissingLogIsRefused) {
  ASSERT_TRUE(write(*open(), "a", "1").ok());
  remove("log.db");
  expect_refused("its tail is lost");
  expect_refused("its tail is lost");
}

TEST_F(ReplicatedStorageTest, AnOlderLogIsRefused) {
  ASSERT_TRUE(write(*open(), "a", "1").ok());
  copy("log.db", "backup");
  ASSERT_TRUE(write(*open(), "b", "2").ok());
  copy("backup", "log.db");
  expect_refused("its tail is lost");
}

TEST_F(ReplicatedStorageTest, AnotherLogIsRefused) {
  ASSERT_TRUE(write(*open(), "a", "1").ok());
  copy("state.db", "kept");
  remove("state.db");
  remove("log.db");
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(write(*open(), "a", "2").ok());
  copy("kept", "state.db");
  expect_refused("not of one history");
}

TEST_F(ReplicatedStorageTest, AnOlderStateIsBroughtUpFromTheLogAndAMissingOneToo) {
  ASSERT_TRUE(write(*open(), "a", "1").ok());
  copy("state.db", "kept");
  ASSERT_TRUE(write(*open(), "b", "2").ok());
  copy("kept", "state.db");
  EXPECT_EQ(read(*open(), "b"), "2");
  remove("state.db");
  auto storage = open();
  EXPECT_EQ(read(*storage, "a"), "1");
  EXPECT_EQ(read(*storage, "b"), "2");
}

TEST_F(ReplicatedStorageTest, AMissingStateWhoseLogBeginsLaterIsRefused) {
  {
    auto storage = open();
    for (int i = 0; i < 600; ++i) ASSERT_TRUE(write(*storage, "k" + std::to_string(i), "v").ok());
  }
  remove("state.db");
  expect_refused("entries between them are lost");
}

// state.db commits without fsync: a power loss takes its newest transactions, and the log has them.
TEST_F(ReplicatedStorageTest, WhatAPowerLossTakesFromTheStateIsReplayed) {
  survives = true;
  {
    auto storage = open();
    for (int i = 0; i < 50; ++i) ASSERT_TRUE(write(*storage, "k" + std::to_string(i), std::to_string(i)).ok());
    vfs.fail(FaultVfs::Operation::sync, 1, FaultVfs::Fault::power_loss);
    EXPECT_EQ(write(*storage, "lost", "x").error().code(), base::Code::uncertain);
    EXPECT_EQ(read(*storage, "k49"), "49") << "reads go on";
    EXPECT_EQ(write(*storage, "later", "x").error().code(), base::Code::unavailable);
  }
  vfs.lose_unsynced(7);
  auto storage = open();
  for (int i = 0; i < 50; ++i) EXPECT_EQ(read(*storage, "k" + std::to_string(i)), std::to_string(i));
}

TEST_F(ReplicatedStorageTest, AFailedWriteOfTheLogEndsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        auto storage = open();
        vfs.fail(FaultVfs::Operation::write, 1, FaultVfs::Fault::io_error);
        (void)write(*storage, "a", "1");
      },
      "storage failed");
}

TEST_F(ReplicatedStorageTest, AFullDiskIsUncertainAndTheNodeGoesOnWhenThereIsRoom) {
  auto storage = open();
  ASSERT_TRUE(write(*storage, "a", "1").ok());
  for (int nth = 1; nth <= 2; ++nth) {  // the log's write, the state's
    vfs.fail(FaultVfs::Operation::write, nth, FaultVfs::Fault::disk_full);
    const auto failed = storage->propose({{}, {}, {put("a", "2"), put("b", std::string(9000, 'x'))}});
    ASSERT_FALSE(failed.ok());
    EXPECT_EQ(failed.error().code(), base::Code::uncertain) << failed.error().message();
    EXPECT_EQ(read(*storage, "a"), "1") << "reads go on";
    vfs.clear();
    base::Result<base::Index> next = write(*storage, "a", "1");
    while (!next.ok()) {
      ASSERT_EQ(next.error().code(), base::Code::needs_active) << next.error().message();
      std::this_thread::yield();
      next = write(*storage, "a", "1");
    }
  }
  storage.reset();
  EXPECT_EQ(read(*open(), "a"), "1");
}

TEST_F(ReplicatedStorageTest, ApplyingNeedsNoFsyncAndCheckpointsMoveTheDurableEnd) {
  auto storage = open();
  ASSERT_TRUE(write(*storage, "warm", "1").ok());
  const int64_t syncs = vfs.count(FaultVfs::Operation::sync);
  base::Counter& writes = base::counter("raft.log.writes");
  const int64_t before = writes.value();
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(write(*storage, "k" + std::to_string(i), "v").ok());
  EXPECT_EQ(vfs.count(FaultVfs::Operation::sync) - syncs, 100);
  EXPECT_EQ(writes.value() - before, 100);
}

// races at the end of a standby. What is left of a checkpoint is done when the readers are gone already.
TEST_F(ReplicatedStorageTest, AMemberThatEndsAmidACheckpointHasNobodyToAskToLetGo) {
  const std::string value(100 << 10, 'v');
  for (int writes = 28; writes < 42; ++writes) {  // one of these is the one that begins it
    auto storage = open();
    // Somebody else belongs to it, so that the log isn't shortened at the end, which would finish the checkpoint before.
    ASSERT_TRUE(storage->member()->change({{consensus::ChangeStep::Kind::add_learner, consensus::NodeId{77}, ""}}).ok());
    {
      std::vector<std::unique_ptr<Snapshot>> readers;
      for (int i = 0; i < 8; ++i) readers.push_back(storage->snapshot());
    }
    for (int i = 0; i < writes; ++i) ASSERT_TRUE(write(*storage, "k" + std::to_string(i), value).ok());
    storage.reset();
    std::filesystem::remove_all(folder);
    std::filesystem::create_directory(folder);
  }
}

// the log was never cut where restarts were frequent
TEST_F(ReplicatedStorageTest, TheLogIsCutBelowWhatTheStateHoldsDurably) {
  auto storage = open();
  const std::string value(64 << 10, 'v');
  // Twice what the log may keep.
  for (int i = 0; i < 2048; ++i) ASSERT_TRUE(write(*storage, "k" + std::to_string(i % 50), value).ok());
  while (storage->member()->status()->view.start.position.index == base::Index{}) std::this_thread::yield();
  storage.reset();
  storage = open();
  EXPECT_EQ(read(*storage, "k49"), value);
}

// the log was never cut where restarts were frequent
TEST_F(ReplicatedStorageTest, ANodeThatIsAloneLeavesAShortLog) {
  for (int start = 0; start < 2; ++start) {
    auto storage = open();
    const consensus::View view = storage->member()->status()->view;
    EXPECT_LE(view.last.index.value - view.start.position.index.value, 256u + 1) << "and the new leader's first entry";
    for (int i = 0; i < 1500; ++i) ASSERT_TRUE(write(*storage, "k" + std::to_string(i), "v").ok());
  }
  auto storage = open();
  EXPECT_EQ(read(*storage, "k1499"), "v");
}

TEST_F(ReplicatedStorageTest, ConflictsAreAnsweredAndTellNobody) {
  auto storage = open();
  const base::Index first = *write(*storage, "a", "1");
  int heard = 0;
  storage->set_listener([&](const ChangeSet&) { ++heard; });
  EXPECT_EQ(storage->propose({{{"a", {}}}, {}, {put("a", "2")}}).error().code(), base::Code::conflict);
  EXPECT_EQ(heard, 0);
  EXPECT_TRUE(storage->propose({{{"a", first}}, {}, {put("a", "2")}, first}).ok());
  EXPECT_EQ(heard, 1);
  storage->set_listener(nullptr);
}

}  // namespace
}  // namespace bao::storage::raft
