// Integrated storage: the common contract, what survives restarts, power losses and full disks, and what is refused.
#include <filesystem>
#include <fstream>
#include <set>

#include "internal/base/metrics.h"
#include "internal/sqlite/db.h"
#include "internal/sqlite/fault_vfs.h"
#include "internal/storage/contract_test.h"
#include "internal/storage/raft/background_check.h"
#include "internal/storage/raft/replicated_storage.h"

namespace bao::storage {
namespace {

using sqlite::FaultVfs;

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = std::filesystem::temp_directory_path() / "raft-storage-XXXXXX";
    path = mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path); }
  std::string path;
};

base::Result<std::unique_ptr<Backend>> open_folder(const std::string& path, raft::Options options = {}) {
  options.form_as = "";
  options.storage_failed = [](std::string_view, const base::Error&) {};  // in place of the end of the process
  ASSIGN_OR_RETURN(auto storage, raft::open(path, std::move(options)));
  return std::unique_ptr<Backend>(std::move(storage));
}

const BackendMaker kInNewFolder = [] {
  static std::vector<std::unique_ptr<TemporaryFolder>> folders;
  folders.push_back(std::make_unique<TemporaryFolder>());
  return std::move(*open_folder(folders.back()->path));
};
INSTANTIATE_TEST_SUITE_P(Raft, BackendContract, testing::Values(kInNewFolder));

class RaftStorageTest : public testing::Test {
 protected:
  base::Result<std::unique_ptr<Backend>> try_open() {
    raft::Options options;
    options.vfs = vfs.name();
    options.free_bytes = [this](const std::string&) -> base::Result<uint64_t> { return free_bytes.load(); };
    return open_folder(folder.path, std::move(options));
  }
  std::unique_ptr<Backend> open() {
    auto backend = try_open();
    EXPECT_TRUE(backend.ok()) << backend.error().message();
    return std::move(*backend);
  }
  static std::string read(Backend& backend, const std::string& key) {
    const auto record = backend.snapshot()->get(key);
    EXPECT_TRUE(record.ok());
    return record.ok() && *record ? (*record)->value : "(absent)";
  }
  std::string state_file() const { return folder.path + "/state.db"; }

  TemporaryFolder folder;
  FaultVfs vfs{"raft-storage-test"};
  std::atomic<uint64_t> free_bytes{uint64_t{1} << 40};
};

TEST_F(RaftStorageTest, ARestartKeepsContentIndexAndIndexTables) {
  base::Index last;
  {
    auto backend = open();
    ASSERT_TRUE(backend->propose({{}, {}, {put("a", "1"), index_put("t", "1", "a")}}).ok());
    last = *backend->propose({{}, {}, {put("b", "2")}});
  }
  auto backend = open();
  EXPECT_EQ(backend->applied(), base::Index{last.value + 1}) << "a new leader's first entry";
  EXPECT_EQ(read(*backend, "a"), "1");
  EXPECT_EQ(backend->snapshot()->index_scan("t", "9", -1)->size(), 1u);
  EXPECT_GT(*backend->propose({{}, {}, {remove("a")}}), last);
  EXPECT_EQ(backend->type(), "raft");
}

TEST_F(RaftStorageTest, ASecondProcessIsRefused) {
  auto backend = open();
  const auto second = try_open();
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code(), base::Code::unavailable);
  EXPECT_NE(second.error().message().find(folder.path + "/lock"), std::string::npos) << second.error().message();
}

TEST_F(RaftStorageTest, AFolderThatIsAbsentIsMadeForTheOwnerOnly) {
  const std::string path = folder.path + "/new/data";
  ASSERT_TRUE(open_folder(path).ok());
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(path).permissions() & perms::all, perms::owner_all);
  EXPECT_EQ(std::filesystem::status(path + "/state.db").permissions() & perms::all, perms::owner_read | perms::owner_write);
  EXPECT_EQ(open_folder("/proc/no-such-folder").error().code(), base::Code::unavailable);
}

TEST_F(RaftStorageTest, ADatabaseThatWasNotFinishedIsMadeAnew) {
  std::ofstream(state_file() + ".new") << "half";
  EXPECT_TRUE(try_open().ok());
  EXPECT_FALSE(std::filesystem::exists(state_file() + ".new"));
}

TEST_F(RaftStorageTest, ADatabaseOfOpenBaoIsAnsweredWithTheWayToMigrate) {
  std::filesystem::create_directories(folder.path + "/raft");
  for (const char* name : {"/vault.db", "/raft/raft.db"}) {
    const std::string file = folder.path + name;
    std::ofstream(file, std::ios::binary) << std::string(16, '\0') << "\xED\xDA\x0C\xED" << std::string(4096, '\0');
    const auto refused = try_open();
    ASSERT_FALSE(refused.ok());
    EXPECT_NE(refused.error().message().find(file), std::string::npos);
    EXPECT_NE(refused.error().message().find("operator migrate"), std::string::npos);
    std::filesystem::remove(file);
  }
  EXPECT_TRUE(try_open().ok());
}

TEST_F(RaftStorageTest, BelowTheDiskReserveWritesAreRefusedAndReadsGoOn) {
  auto backend = open();
  ASSERT_TRUE(backend->propose({{}, {}, {put("a", "1")}}).ok());
  free_bytes = base::kDiskReserveBytes - 1;
  const auto refused = backend->propose({{}, {}, {put("a", "2")}});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), base::Code::unavailable);
  EXPECT_NE(refused.error().message().find("64 MiB"), std::string::npos);
  EXPECT_EQ(read(*backend, "a"), "1");
  free_bytes = base::kDiskReserveBytes;
  EXPECT_TRUE(backend->propose({{}, {}, {put("a", "3")}}).ok());
  EXPECT_EQ(read(*backend, "a"), "3");
}

// two transactions of the database for a batch
TEST_F(RaftStorageTest, ABatchIsOneFsync) {
  auto backend = open();
  ASSERT_TRUE(backend->propose({{}, {}, {put("warm", "1")}}).ok());
  base::Counter& batches = base::counter("raft.log.writes");
  base::Counter& proposals = base::counter("storage.proposals");
  const int64_t syncs = vfs.count(FaultVfs::Operation::sync), old_batches = batches.value(), old_proposals = proposals.value();
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        ASSERT_TRUE(backend->propose({{}, {}, {put("k" + std::to_string(t), std::to_string(i))}}).ok());
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(vfs.count(FaultVfs::Operation::sync) - syncs, batches.value() - old_batches);
  EXPECT_EQ(proposals.value() - old_proposals, 160);
}

// How often the WAL began: the checkpoint sequence number of its header.
uint32_t wal_beginnings(const std::string& state_file) {
  std::string header(32, '\0');
  std::ifstream(state_file + "-wal", std::ios::binary).read(header.data(), 32);
  uint32_t number = 0;
  for (const char byte : header.substr(12, 4)) number = number << 8 | static_cast<uint8_t>(byte);
  return number;
}

TEST_F(RaftStorageTest, TheWalStartsOverWhileSnapshotsComeAndGo) {
  auto backend = open();
  std::atomic<bool> stop{false};
  std::thread reader([&] {
    while (!stop) (void)backend->snapshot()->get("k1");
  });
  const auto write = [&](int i) {
    std::vector<Operation> operations;  // some ten pages
    for (int k = 0; k < 8; ++k) operations.push_back(put("k" + std::to_string((i * 8 + k) % 500), std::string(4000, 'x')));
    return backend->propose({{}, {}, std::move(operations)}).ok();
  };
  ASSERT_TRUE(write(0));
  const uint32_t before = wal_beginnings(state_file());
  int writes = 1;
  while (writes < 8000 && wal_beginnings(state_file()) == before) ASSERT_TRUE(write(writes++));
  stop = true;
  reader.join();
  EXPECT_LT(writes, 8000) << "it never started over";
  EXPECT_GT(writes, 100) << "it starts over at each checkpoint";
}

TEST_F(RaftStorageTest, ASnapshotNeverMixesTwoMoments) {
  auto backend = open();
  const auto write = [&](int i) {
    const std::string value = std::to_string(i);
    return *backend->propose({{}, {}, {put("a", value), put("b", value)}});
  };
  base::Index last = write(0);
  std::atomic<bool> stop{false};
  std::atomic<int> mixed{0}, stale{0};
  std::vector<std::thread> readers;
  for (int t = 0; t < 4; ++t) {
    readers.emplace_back([&] {
      while (!stop) {
        const base::Index applied = backend->applied();
        const auto snapshot = backend->snapshot();
        if (snapshot->index() < applied) ++stale;
        const auto a = *snapshot->get("a"), b = *snapshot->get("b"), again = *snapshot->get("a");
        if (a->value != b->value || a->modified != b->modified || a->value != again->value) ++mixed;
        if (a->modified > snapshot->index() || a->modified < applied) ++stale;
      }
    });
  }
  for (int i = 1; i < 400; ++i) {
    last = write(i);
    EXPECT_EQ(read(*backend, "a"), std::to_string(i));
  }
  stop = true;
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(mixed, 0);
  EXPECT_EQ(stale, 0);
  EXPECT_EQ((*backend->snapshot()->get("b"))->modified, last);
}

TEST_F(RaftStorageTest, MoreSnapshotsThanConnectionsWaitForOneToEnd) {
  auto backend = open();
  ASSERT_TRUE(backend->propose({{}, {}, {put("a", "1")}}).ok());
  std::vector<std::unique_ptr<Snapshot>> open_ones;
  for (size_t i = 0; i < base::kReadConnectionsMax; ++i) open_ones.push_back(backend->snapshot());
  std::thread waiting([&] { EXPECT_EQ(read(*backend, "a"), "1"); });
  open_ones.pop_back();
  waiting.join();
}

// Each thread writes pairs under its own prefix, in order. After a power loss: every acknowledged pair is there, no half
// pair, and nothing after the first that is missing.
class PowerLoss : public RaftStorageTest {
 protected:
  static constexpr int kThreads = 4;

  void write_until_the_power_is_lost() {
    auto opened = try_open();
    if (!opened.ok()) {  // it went while the database was made or recovered
      EXPECT_TRUE(vfs.power_lost()) << opened.error().message();
      return;
    }
    const std::unique_ptr<Backend> backend = std::move(*opened);
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        const std::string prefix = std::to_string(t) + "/";
        for (int i = acknowledged[t] + 1;; ++i) {
          const std::string n = std::to_string(i), filler(static_cast<size_t>(i) % 5000, 'x');
          if (!backend->propose({{}, {}, {put(prefix + "a" + n, filler), put(prefix + "b" + n, filler)}}).ok()) return;
          acknowledged[t] = i;
        }
      });
    }
    for (auto& thread : threads) thread.join();
  }
  void check_what_is_left() {
    auto backend = open();
    for (int t = 0; t < kThreads; ++t) {
      const auto names = *backend->snapshot()->list(std::to_string(t) + "/");
      const std::set<std::string> found(names.begin(), names.end());
      int last = 0;
      while (found.contains("a" + std::to_string(last + 1))) ++last;
      EXPECT_GE(last, acknowledged[t]) << "an acknowledged write is lost";
      EXPECT_EQ(found.size(), 2u * static_cast<size_t>(last)) << "half a transaction, or a gap";
      acknowledged[t] = last;
    }
  }
  int acknowledged[kThreads] = {};
};

TEST_F(PowerLoss, AcknowledgedWritesSurviveAndTransactionsAreWhole) {
  const uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int round = 0; round < 25; ++round) {
    const auto kind = random() % 2 == 0 ? FaultVfs::Operation::write : FaultVfs::Operation::sync;
    const uint64_t far = round % 5 == 0 ? 15 : 1;  // so far that checkpoints are met too, and a WAL that started over
    vfs.fail(kind, static_cast<int64_t>(3 + random() % (far * (kind == FaultVfs::Operation::sync ? 60 : 600))), FaultVfs::Fault::power_loss);
    write_until_the_power_is_lost();
    ASSERT_TRUE(vfs.power_lost());
    vfs.lose_unsynced(random());
    check_what_is_left();
  }
}

class DamagedDatabase : public RaftStorageTest {
 protected:
  DamagedDatabase() {
    auto backend = open();
    for (int i = 0; i < 200; ++i) {
      EXPECT_TRUE(backend->propose({{}, {}, {put("key/" + std::to_string(i), std::string(300, 'v'))}}).ok());
    }
  }
  void expect_refused() {
    const auto refused = try_open();
    ASSERT_FALSE(refused.ok());
    EXPECT_NE(refused.error().message().find(state_file()), std::string::npos) << refused.error().message();
    EXPECT_TRUE(refused.error().code() == base::Code::corrupt || refused.error().code() == base::Code::invalid ||
                refused.error().code() == base::Code::internal)
        << base::code_name(refused.error().code()) << " " << refused.error().message();
  }
  void overwrite(uintmax_t at, const std::string& bytes) {
    std::fstream file(state_file(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(at));
    file << bytes;
  }
};

TEST_F(DamagedDatabase, CutShortIsRefused) {
  const auto size = std::filesystem::file_size(state_file());
  for (const auto bytes : {size - 4096, size / 2, size - 1, uintmax_t{4096}, uintmax_t{1000}, uintmax_t{100}, uintmax_t{1}, uintmax_t{0}}) {
    std::filesystem::resize_file(state_file(), bytes);
    SCOPED_TRACE(bytes);
    expect_refused();
  }
}

TEST_F(DamagedDatabase, AnOverwrittenPageIsRefused) {
  const auto size = std::filesystem::file_size(state_file());
  overwrite(size / 4096 / 2 * 4096, std::string(64, '\xff'));
  expect_refused();
}

TEST_F(DamagedDatabase, ABrokenHeaderIsRefused) {
  overwrite(3, "XX");
  expect_refused();
}

TEST_F(DamagedDatabase, AFlippedBitInAKeyIsRefused) {
  std::ifstream in(state_file(), std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const size_t at = bytes.find("key/77");
  ASSERT_NE(at, std::string::npos);
  overwrite(at, "kex/77");
  expect_refused();
}

// It is not read before it serves, or a start would take the longer the more there is.
TEST_F(DamagedDatabase, ALargeOneIsCheckedWhileItServes) {
  base::Counter& damage = base::counter("storage.damage_found");
  const auto before = damage.value();
  {
    const auto backend = open();
    for (int i = 0; i < 6; ++i) ASSERT_TRUE(backend->propose({{}, {}, {put("large/" + std::to_string(i), std::string(1 << 20, 'v'))}}).ok());
  }
  {
    raft::BackgroundCheck sound;
    sound.start(state_file(), "unix-excl");
  }
  EXPECT_EQ(damage.value(), before);
  std::ifstream in(state_file(), std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  overwrite(bytes.find(std::string(200, 'v')) / 4096 * 4096, std::string(64, '\xff'));
  const auto backend = try_open();
  ASSERT_TRUE(backend.ok()) << backend.error().message();
  while (damage.value() == before) std::this_thread::yield();
  EXPECT_EQ(read(**backend, "large/1").size(), size_t{1} << 20);
}

TEST_F(DamagedDatabase, ADatabaseOfAnotherProgramIsRefused) {
  std::filesystem::remove(state_file());
  { ASSERT_TRUE((*sqlite::Db::open(state_file(), {}))->execute("CREATE TABLE other(x)").ok()); }
  expect_refused();
}

// Whatever a flipped bit does, the answer is a clean refusal or a database that reads without surprises.
TEST_F(DamagedDatabase, RandomBitFlipsNeverCrash) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const std::string good = folder.path + "/good";
  std::filesystem::copy_file(state_file(), good);
  for (int round = 0; round < 40; ++round) {
    std::filesystem::copy_file(good, state_file(), std::filesystem::copy_options::overwrite_existing);
    const auto at = random() % std::filesystem::file_size(state_file());
    overwrite(at, std::string(1, static_cast<char>(random())));
    const auto backend = try_open();
    if (!backend.ok()) continue;
    const auto names = (*backend)->snapshot()->list("key/");
    if (names.ok()) {
      EXPECT_EQ(names->size(), 200u) << "byte " << at;
    }
  }
}

}  // namespace
}  // namespace bao::storage
