// What the driver relies on of state.db behind a log: position and data are never apart, what is called durable survives a
// power loss, a snapshot is of one moment and takes its place whole.
#include "internal/storage/raft/logged_state.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "internal/base/log.h"
#include "internal/raft/log/log_store.h"
#include "internal/sqlite/fault_vfs.h"
#include "internal/storage/raft/proposal_payload.h"

namespace bao::storage::raft {
namespace {

using consensus::Entries;
using consensus::EntryKind;
using consensus::EntryPtr;
using consensus::SnapshotMeta;
using consensus::SnapshotPiece;

// The log of a group, as the entries that its state machines are given.
struct Log {
  Entries entries;
  consensus::LogStart end{};
  EntryPtr add(std::string payload, EntryKind kind = EntryKind::data) {
    auto entry = std::make_shared<consensus::Entry>();
    entry->index.value = end.position.index.value + 1;
    entry->term.value = 1 + end.position.index.value / 10;
    entry->kind = kind;
    entry->payload = std::move(payload);
    entry->chain = consensus::sha256_chain(end.chain, *entry);
    end = {{entry->index, entry->term}, entry->chain};
    entries.push_back(entry);
    return entry;
  }
  EntryPtr put(const std::string& key, const std::string& value) {
    return add(encode_proposal({{}, {}, {{Operation::Kind::put, key, value, "", ""}}}));
  }
};

consensus::Configuration one_voter() {
  return *consensus::first_configuration({{consensus::NodeId{1}, "node-1"}});
}

class LoggedStateTest : public testing::Test {
 protected:
  LoggedStateTest() {
    base::set_log_level(base::LogLevel::error);
    std::string pattern = std::filesystem::temp_directory_path() / "logged-state-XXXXXX";
    folder = mkdtemp(pattern.data());
    path = folder + "/state.db";
  }
  ~LoggedStateTest() override { std::filesystem::remove_all(folder); }
  std::unique_ptr<LoggedState> open(const std::string& file) {
    auto state = LoggedState::open(file, vfs.name(), {{}, [this](StateEvents::Changes& made) { changes = made.set; }, {}, {}, {}});
    EXPECT_TRUE(state.ok()) << state.error().message();
    return state.ok() ? std::move(*state) : nullptr;
  }
  std::unique_ptr<LoggedState> open() { return open(path); }
  static base::Status apply(LoggedState& state, const Entries& entries) {
    auto answers = state.apply(entries);
    if (!answers.ok()) return answers.error();
    return answers->empty() ? base::Status() : std::move(answers->back());
  }
  // Everything in kv: "key=value@index ".
  static std::string content(const std::string& file, const std::string& layer) {
    sqlite::OpenOptions options;
    options.access = sqlite::Access::read_only;
    options.vfs = layer;
    auto db = *sqlite::Db::open(file, options);
    auto rows = *db->prepare("SELECT key, value, modified_index FROM kv ORDER BY key");
    std::string all;
    while (*rows.step()) all += std::string(rows.blob(0)) + "=" + std::string(rows.blob(1)).substr(0, 8) + "@" + std::to_string(rows.number(2)) + " ";
    return all;
  }
  std::string content() const { return content(path, vfs.name()); }

  std::string folder, path;
  sqlite::FaultVfs vfs{"fault-logged-state"};
  ChangeSet changes;
  Log log;
};

TEST_F(LoggedStateTest, EntriesAreAppliedAtTheirOwnIndexAndThePositionStays) {
  {
    auto state = open();
    EXPECT_EQ(state->applied(), consensus::AppliedPosition{});
    const Entries batch = {log.add("", EntryKind::noop), log.add(consensus::encode(one_voter()), EntryKind::configuration), log.put("a", "1"),
                           log.put("b", "2")};
    ASSERT_TRUE(apply(*state, batch).ok());
    EXPECT_EQ(changes.keys, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(changes.index, base::Index{4});
  }
  auto state = open();
  EXPECT_EQ(state->applied(), (consensus::AppliedPosition{log.end.position, log.end.chain}));
  EXPECT_EQ(state->held().at.configuration, one_voter());
  EXPECT_EQ(state->held().at.configuration_index, base::Index{2});
  EXPECT_FALSE(state->held().installed);
  EXPECT_EQ(content(), "a=1@3 b=2@4 ");
}

TEST_F(LoggedStateTest, AConflictIsAnAnswerAndUsesUpItsIndex) {
  auto state = open();
  const Entries batch = {log.put("a", "1"),
                         log.add(encode_proposal({{{"a", base::Index{9}}}, {}, {{Operation::Kind::put, "a", "x", "", ""}}})),
                         log.add(encode_proposal({{{"a", base::Index{1}}}, {}, {{Operation::Kind::put, "a", "2", "", ""}}}))};
  const auto answers = state->apply(batch);
  ASSERT_TRUE(answers.ok()) << answers.error().message();
  EXPECT_TRUE((*answers)[0].ok());
  EXPECT_EQ((*answers)[1].error().code(), base::Code::conflict);
  EXPECT_TRUE((*answers)[2].ok());
  EXPECT_EQ(content(), "a=2@3 ");
}

// Nodes compare it at equal indexes; how entries fell into batches is of one node only.
TEST_F(LoggedStateTest, TheSameEntriesGiveTheSameApplyHash) {
  for (int i = 0; i < 5; ++i) {
    log.add(encode_proposal({{}, {}, {{Operation::Kind::put, "k" + std::to_string(i), "v", "", ""}, {Operation::Kind::index_put, "k", "", "t", "1"}}}));
  }
  const auto hash_of = [](const std::string& file) {
    auto db = *sqlite::Db::open(file, {});
    auto row = *db->prepare("SELECT apply_hash FROM meta");
    EXPECT_TRUE(*row.step());
    return std::string(row.blob(0));
  };
  const std::string together = folder + "/together.db", one_by_one = folder + "/one-by-one.db";
  { ASSERT_TRUE(apply(*open(together), log.entries).ok()); }
  {
    auto state = open(one_by_one);
    for (size_t i = 0; i + 1 < log.entries.size(); ++i) ASSERT_TRUE(apply(*state, {log.entries[i]}).ok());
  }
  EXPECT_NE(hash_of(together), hash_of(one_by_one)) << "one entry less";
  { ASSERT_TRUE(apply(*open(one_by_one), {log.entries.back()}).ok()); }
  EXPECT_EQ(hash_of(together).size(), 32u);
  EXPECT_EQ(hash_of(together), hash_of(one_by_one));
}

TEST_F(LoggedStateTest, AnEntryOfANewerVersionStopsTheNodeAndChangesNothing) {
  auto state = open();
  ASSERT_TRUE(apply(*state, {log.put("a", "1")}).ok());
  const auto before = state->applied();
  const Entries batch = {log.put("b", "2"), log.add("\x08\x09")};
  const auto answers = state->apply(batch);
  ASSERT_FALSE(answers.ok());
  EXPECT_EQ(answers.error().code(), base::Code::unsupported);
  EXPECT_EQ(state->applied(), before);
  EXPECT_EQ(content(), "a=1@1 ");
}

TEST_F(LoggedStateTest, ApplyingWaitsForNoFsyncAndAFullDiskIsTriedAgain) {
  auto state = open();
  ASSERT_TRUE(apply(*state, {log.put("a", "1")}).ok());
  const int64_t syncs = vfs.count(sqlite::FaultVfs::Operation::sync);
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(apply(*state, {log.put("a", std::to_string(i))}).ok());
  EXPECT_EQ(vfs.count(sqlite::FaultVfs::Operation::sync), syncs);
  vfs.fail(sqlite::FaultVfs::Operation::write, 1, sqlite::FaultVfs::Fault::disk_full);
  const Entries next = {log.put("b", "2")};
  EXPECT_EQ(apply(*state, next).error().code(), base::Code::unavailable);
  vfs.clear();
  EXPECT_TRUE(apply(*state, next).ok());
  EXPECT_EQ(content(), "a=19@21 b=2@22 ");
}

// The oracle of the power losses: what the first `count` entries make.
std::string content_of(size_t count) {
  std::map<std::string, std::string> all;
  for (size_t i = 0; i < count; ++i) all["k" + std::to_string(i % 5)] = std::to_string(i) + "@" + std::to_string(i + 1);
  std::string text;
  for (const auto& [key, value] : all) text += key + "=" + value + " ";
  return text;
}

// R-61: two transactions of the database for a batch
TEST_F(LoggedStateTest, AfterAPowerLossPositionAndDataAgreeAndNothingDurableIsGone) {
  const uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  base::Index durable;
  for (size_t i = 0; i < 400; ++i) log.put("k" + std::to_string(i % 5), std::to_string(i));
  for (int round = 0; round < 30; ++round) {
    {
      auto state = open();
      ASSERT_NE(state, nullptr);
      const uint64_t applied = state->applied().position.index.value;
      EXPECT_GE(applied, durable.value) << "what was durable is there";
      EXPECT_EQ(content(), content_of(applied)) << "position and data agree";
      durable = state->durable();
      const auto operation = random() % 2 == 0 ? sqlite::FaultVfs::Operation::write : sqlite::FaultVfs::Operation::sync;
      vfs.fail(operation, static_cast<int64_t>(1 + random() % (operation == sqlite::FaultVfs::Operation::write ? 60 : 6)), sqlite::FaultVfs::Fault::power_loss);
      for (uint64_t next = applied; next < log.entries.size() && !vfs.power_lost(); ++next) {
        const Entries one(1, log.entries[next]);
        if (!apply(*state, one).ok()) break;
        if (random() % 7 == 0) state->checkpoint();
        durable = state->durable();
      }
    }
    vfs.lose_unsynced(random());
  }
}

class SnapshotTest : public LoggedStateTest {
 protected:
  SnapshotTest() {
    source = open();
    Entries batch = {log.add(consensus::encode(one_voter()), EntryKind::configuration)};
    for (int i = 0; i < 300; ++i) batch.push_back(log.put("key-" + std::to_string(i), std::to_string(i) + std::string(10'000, 'v')));
    for (int i = 0; i < 5; ++i) {
      batch.push_back(log.add(encode_proposal({{}, {}, {{Operation::Kind::index_put, "k" + std::to_string(i), "", "expiry", "s"}}})));
    }
    EXPECT_TRUE(apply(*source, batch).ok());
  }
  // Of what this process has mapped of that file.
  static int64_t resident_kib(const std::string& file) {
    std::ifstream maps("/proc/self/smaps");
    int64_t sum = 0, size = 0;
    bool counts = false;
    for (std::string line; std::getline(maps, line);) {
      if (line.find('-') < line.find(' ')) counts = line.ends_with(file);
      if (counts && std::sscanf(line.c_str(), "Rss: %ld kB", &size) == 1) sum += size;
    }
    return sum;
  }
  static std::vector<SnapshotPiece> pieces(consensus::SnapshotReader& reader) {
    std::vector<SnapshotPiece> all;
    do {
      all.push_back(*reader.read(all.empty() ? "" : all.back().last_key));
    } while (!all.back().last);
    return all;
  }
  std::unique_ptr<LoggedState> source;
};

TEST_F(SnapshotTest, ItIsOfOneMomentAndTakesItsPlaceWhole) {
  const std::string before = content();
  auto reader = *source->snapshot();
  ASSERT_TRUE(apply(*source, {log.put("later", "x")}).ok());
  const auto all = pieces(*reader);
  EXPECT_GT(all.size(), 2u);
  const SnapshotMeta meta = reader->meta();
  EXPECT_EQ(meta.last.index, base::Index{306});
  EXPECT_EQ(meta.configuration, one_voter());

  const std::string file = folder + "/receiver.db";
  auto receiver = open(file);
  Log stale;
  ASSERT_TRUE(apply(*receiver, {stale.put("stale", "s"), stale.put("key-1", "old")}).ok());
  EXPECT_EQ(*receiver->begin_install(meta), "");
  for (const SnapshotPiece& piece : all) {
    ASSERT_TRUE(receiver->install(piece).ok());
    EXPECT_EQ(content(file, vfs.name()), "key-1=old@2 stale=s@1 ") << "reads go on with the old state";
  }
  ASSERT_TRUE(receiver->finish_install(meta).ok());
  EXPECT_EQ(content(file, vfs.name()), before);
  EXPECT_EQ(receiver->applied(), (consensus::AppliedPosition{meta.last, meta.chain}));
  EXPECT_EQ(receiver->durable(), meta.last.index);
  EXPECT_TRUE(receiver->held().installed);
  ASSERT_TRUE(apply(*receiver, {log.entries.back()}).ok()) << "and the log goes on";
  EXPECT_FALSE(receiver->held().installed);
  receiver.reset();
  EXPECT_EQ(content(file, vfs.name()), content());
}

// Or a leader that feeds a new member would be larger by its database meanwhile.
TEST_F(SnapshotTest, TheDatabaseDoesNotBecomeResidentByIt) {
  source.reset();
  source = std::move(LoggedState::open(path, "unix-excl", {})).value();
  const int64_t before = resident_kib(path);
  const auto reader = *source->snapshot();
  EXPECT_GT(pieces(*reader).size(), 1u);
  EXPECT_EQ(resident_kib(path), before);
}

TEST_F(SnapshotTest, AnInstallationGoesOnWhereItBrokeAndAnotherOneBeginsAnew) {
  auto reader = *source->snapshot();
  const auto all = pieces(*reader);
  SnapshotMeta meta = reader->meta();
  const std::string file = folder + "/receiver.db";
  {
    auto receiver = open(file);
    ASSERT_EQ(*receiver->begin_install(meta), "");
    ASSERT_TRUE(receiver->install(all[0]).ok());
    EXPECT_EQ(receiver->finish_install(meta).error().code(), base::Code::invalid) << "pieces are missing";
  }
  auto receiver = open(file);
  EXPECT_EQ(*receiver->begin_install(meta), all[0].last_key);
  auto second = *source->snapshot();  // the sender started anew, too
  for (size_t i = 1; i < all.size(); ++i) ASSERT_TRUE(receiver->install(*second->read(all[i - 1].last_key)).ok());
  SnapshotMeta another = meta;
  another.chain[0] ^= 1;
  EXPECT_EQ(receiver->finish_install(another).error().code(), base::Code::invalid);
  ASSERT_TRUE(receiver->finish_install(meta).ok());
  EXPECT_EQ(content(file, vfs.name()), content());
  EXPECT_EQ(*receiver->begin_install(another), "");
}

TEST_F(SnapshotTest, ADamagedPieceIsRefusedAndLeavesNothing) {
  auto reader = *source->snapshot();
  const auto all = pieces(*reader);
  auto receiver = open(folder + "/receiver.db");
  ASSERT_TRUE(receiver->begin_install(reader->meta()).ok());
  SnapshotPiece cut = all[0];
  cut.records.resize(cut.records.size() - 5);
  EXPECT_EQ(receiver->install(cut).error().code(), base::Code::corrupt);
  EXPECT_EQ(*receiver->begin_install(reader->meta()), "");
}

TEST_F(SnapshotTest, WhatIsNotRecordForRecordWhatWasSentTakesNobodysPlace) {
  auto reader = *source->snapshot();
  auto all = pieces(*reader);
  const SnapshotMeta meta = reader->meta();
  const std::string file = folder + "/receiver.db";
  auto receiver = open(file);
  SnapshotPiece altered = all[1], missing = all[1];
  altered.records[altered.records.size() - 1] ^= 1;  // within a value
  missing.records.clear();
  for (const SnapshotPiece& wrong : {altered, missing}) {
    ASSERT_EQ(*receiver->begin_install(meta), "");
    for (size_t i = 0; i < all.size(); ++i) ASSERT_TRUE(receiver->install(i == 1 ? wrong : all[i]).ok());
    EXPECT_EQ(receiver->finish_install(meta).error().code(), base::Code::corrupt);
    EXPECT_EQ(content(file, vfs.name()), "");
  }
  ASSERT_EQ(*receiver->begin_install(meta), "") << "it begins anew";
  for (const SnapshotPiece& piece : all) ASSERT_TRUE(receiver->install(piece).ok());
  ASSERT_TRUE(receiver->finish_install(meta).ok());
  EXPECT_EQ(content(file, vfs.name()), content());
}

// The order that recovery rests on: the swap is durable before the log is dropped.
TEST_F(SnapshotTest, APowerLossAtAnyPointOfTheSwapLeavesTheOldStateOrTheNewOne) {
  const uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  auto reader = *source->snapshot();
  const auto all = pieces(*reader);
  const SnapshotMeta meta = reader->meta();
  const std::string file = folder + "/receiver.db", whole = content();
  for (const auto operation : {sqlite::FaultVfs::Operation::write, sqlite::FaultVfs::Operation::sync}) {
    for (int64_t nth = 1;; nth += operation == sqlite::FaultVfs::Operation::write ? 37 : 1) {
      SCOPED_TRACE("call " + std::to_string(nth));
      for (const char* suffix : {"", "-wal"}) std::filesystem::remove(file + suffix);
      bool returned = false, lost = false;
      {
        auto receiver = open(file);
        Log stale;
        ASSERT_TRUE(apply(*receiver, {stale.put("stale", "s")}).ok());
        receiver->checkpoint();
        ASSERT_TRUE(receiver->begin_install(meta).ok());
        for (const SnapshotPiece& piece : all) ASSERT_TRUE(receiver->install(piece).ok());
        vfs.fail(operation, nth, sqlite::FaultVfs::Fault::power_loss);
        returned = receiver->finish_install(meta).ok();
        lost = vfs.power_lost();
      }
      vfs.lose_unsynced(seed + static_cast<uint64_t>(nth));
      auto receiver = open(file);
      ASSERT_NE(receiver, nullptr);
      const bool is_new = receiver->applied().position == meta.last;
      EXPECT_TRUE(is_new || !returned) << "an installation that was reported is durable";
      EXPECT_EQ(content(file, vfs.name()), is_new ? whole : "stale=s@1 ");
      if (!lost) break;
    }
  }
}

}  // namespace
}  // namespace bao::storage::raft
