// Replacing all data by way of the log: whole or not at all, at one index, the same on every member however it gets there; and what
// was meant for the old data never reaches the new.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "internal/base/log.h"
#include "internal/codec/protobuf.h"
#include "internal/sqlite/fault_vfs.h"
#include "internal/storage/raft/logged_state.h"
#include "internal/storage/raft/proposal_payload.h"
#include "internal/storage/raft/replacement_entry.h"
#include "internal/storage/raft/replicated_storage.h"

namespace bao::storage::raft {
namespace {

using consensus::Entries;
using consensus::EntryPtr;
using Kind = ReplacementStep::Kind;

std::string record(const std::string& key, const std::string& value) {
  std::string entry, out;
  codec::put_bytes(entry, 1, key);
  codec::put_bytes(entry, 2, value);
  codec::put_varint(out, entry.size());
  return out + entry;
}

Operation put(std::string key, std::string value) { return {Operation::Kind::put, std::move(key), std::move(value), "", ""}; }

class ReplacementTest : public testing::Test {
 protected:
  ReplacementTest() {
    base::set_log_level(base::LogLevel::error);
    std::string pattern = std::filesystem::temp_directory_path() / "replacement-XXXXXX";
    folder = mkdtemp(pattern.data());
  }
  ~ReplacementTest() override { std::filesystem::remove_all(folder); }
  std::unique_ptr<ReplicatedStorage> open() {
    Options options;
    options.form_as = "";
    auto storage = raft::open(folder, std::move(options));
    EXPECT_TRUE(storage.ok()) << storage.error().message();
    return storage.ok() ? std::move(*storage) : nullptr;
  }
  // Everything: "key=value ".
  static std::string content(Backend& storage) {
    std::string all;
    EXPECT_TRUE(storage.snapshot()->each([&](std::string_view key, const Record& found) {
      all.append(key).append("=").append(found.value).append(" ");
      return base::Status();
    }).ok());
    return all;
  }
  static base::Result<base::Index> replace(ReplicatedStorage& storage, const std::vector<std::string>& pieces) {
    return storage.replace_data([&](const ReplicatedStorage::TakePiece& take) -> base::Status {
      for (const std::string& piece : pieces) TRY(take(piece));
      return {};
    });
  }
  std::string folder;
};

TEST_F(ReplacementTest, OtherDataTakesThePlaceOfAllAtOneIndex) {
  auto storage = open();
  ASSERT_TRUE(storage->propose({{}, {}, {put("old", "1"), put("both", "1"), {Operation::Kind::index_put, "old", "", "table", "1"}}}).ok());
  std::vector<ChangeSet> told;
  storage->set_listener([&](const ChangeSet& changes) { told.push_back(changes); });
  EXPECT_EQ(storage->data_since(), base::Index{});
  const auto at = replace(*storage, {record("both", "first") + record("new", "2"), record("both", "last")});
  ASSERT_TRUE(at.ok()) << at.error().message();
  EXPECT_EQ(content(*storage), "both=last new=2 ");
  EXPECT_EQ(*storage->snapshot()->list("", "", -1), (std::vector<std::string>{"both", "new"}));
  EXPECT_TRUE(storage->snapshot()->index_scan("table", "\xff", -1)->empty()) << "index tables are made anew";
  EXPECT_EQ(storage->data_since(), *at);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_TRUE(told[0].everything);
  EXPECT_GE(told[0].index, *at);
  storage->set_listener(nullptr);
  storage.reset();
  storage = open();
  EXPECT_EQ(content(*storage), "both=last new=2 ");
  EXPECT_EQ(storage->data_since(), *at);
  ASSERT_TRUE(storage->propose({{{"", *at}}, {}, {put("more", "3")}}).ok()) << "after a restart, too";
}

int64_t own_megabytes() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    int64_t kilobytes = 0;
    if (word == "RssAnon:" && status >> kilobytes) return kilobytes / 1024;
  }
  return -1;
}

TEST_F(ReplacementTest, OldDataGoesWithoutBeingHeldInMemory) {
  constexpr int kMegabytes = 120;
  auto storage = open();
  std::vector<std::string> pieces(kMegabytes);
  for (size_t i = 0; i < pieces.size(); ++i) {
    for (int n = 0; n < 256; ++n) pieces[i] += record(std::to_string(i) + "/" + std::to_string(n), std::string(4096, 'x'));
  }
  ASSERT_TRUE(replace(*storage, pieces).ok());
  const int64_t before = own_megabytes();
  ASSERT_TRUE(replace(*storage, {record("new", "1")}).ok());
  EXPECT_LT(own_megabytes() - before, kMegabytes / 3);
  EXPECT_EQ(content(*storage), "new=1 ");
}

TEST_F(ReplacementTest, WhatWasMeantForTheOldDataIsRefused) {
  auto storage = open();
  ASSERT_TRUE(storage->propose({{{"", base::Index{}}}, {}, {put("a", "1")}}).ok());
  const base::Index read_at = storage->applied();
  const auto first = replace(*storage, {record("b", "2")});
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(storage->propose({{{"", base::Index{}}}, {}, {put("a", "1")}, read_at}).error().code(), base::Code::conflict);
  EXPECT_EQ(storage->propose({{{"", base::Index{}}}, {}, {put("a", "1")}, storage->applied()}).error().code(), base::Code::conflict)
      << "by what it is about, not by when it read";
  EXPECT_TRUE(storage->propose({{{"", *first}}, {}, {put("c", "3")}}).ok());
  ASSERT_TRUE(replace(*storage, {record("b", "2")}).ok());
  EXPECT_EQ(storage->propose({{{"", *first}}, {}, {put("d", "4")}}).error().code(), base::Code::conflict);
  EXPECT_EQ(content(*storage), "b=2 ");
}

TEST_F(ReplacementTest, WritesGoOnWhileTheNewDataIsGatheredAndEndWithTheOld) {
  auto storage = open();
  std::string meanwhile;
  const auto at = storage->replace_data([&](const ReplicatedStorage::TakePiece& take) -> base::Status {
    TRY(take(record("new", "1")));
    const auto written = storage->propose({{}, {}, {put("old", "1")}});
    EXPECT_TRUE(written.ok());
    meanwhile = content(*storage);
    return take(record("new too", "2"));
  });
  ASSERT_TRUE(at.ok()) << at.error().message();
  EXPECT_EQ(meanwhile, "old=1 ");
  EXPECT_EQ(content(*storage), "new=1 new too=2 ");
}

TEST_F(ReplacementTest, OneThatComesToNoEndLeavesTheOldData) {
  auto storage = open();
  ASSERT_TRUE(storage->propose({{}, {}, {put("old", "1")}}).ok());
  const auto failed = storage->replace_data([&](const ReplicatedStorage::TakePiece& take) -> base::Status {
    TRY(take(record("new", "1")));
    return base::invalid("no more");
  });
  EXPECT_EQ(failed.error().message(), "no more");
  EXPECT_EQ(content(*storage), "old=1 ");
  ASSERT_TRUE(replace(*storage, {record("newer", "2")}).ok());
  EXPECT_EQ(content(*storage), "newer=2 ") << "nothing of the one that failed";
}

TEST_F(ReplacementTest, ALaterOneTakesThePlaceOfAnUnfinishedOne) {
  auto storage = open();
  base::Status second;
  const auto first = storage->replace_data([&](const ReplicatedStorage::TakePiece& take) -> base::Status {
    TRY(take(record("first", "1")));
    const auto other = replace(*storage, {record("second", "2")});
    if (!other.ok()) second = other.error();
    return take(record("first too", "1"));
  });
  EXPECT_TRUE(second.ok());
  EXPECT_EQ(first.error().code(), base::Code::conflict);
  EXPECT_EQ(content(*storage), "second=2 ");
}

// ---- members that get there by different ways

class ReplacementOfStates : public ReplacementTest {
 protected:
  std::unique_ptr<LoggedState> state(const std::string& name, const std::string& layer = "unix-excl") {
    auto opened = LoggedState::open(folder + "/" + name, layer, {});
    EXPECT_TRUE(opened.ok()) << opened.error().message();
    return opened.ok() ? std::move(*opened) : nullptr;
  }
  EntryPtr add(std::string payload) {
    auto entry = std::make_shared<consensus::Entry>();
    entry->index.value = end_.position.index.value + 1;
    entry->term.value = 1;
    entry->kind = consensus::EntryKind::data;
    entry->payload = std::move(payload);
    entry->chain = consensus::sha256_chain(end_.chain, *entry);
    end_ = {{entry->index, entry->term}, entry->chain};
    return entry;
  }
  EntryPtr add(Kind kind, uint64_t pieces, std::string records = "") { return add(encode_replacement({kind, "id", pieces, std::move(records)})); }
  Entries replacement() {
    return {add(encode_proposal({{}, {}, {put("old", "1"), {Operation::Kind::index_put, "k", "", "t", "1"}}})),
            add(Kind::begin, 0),
            add(Kind::add, 0, record("a", "1") + record("b", "2")),
            add(encode_proposal({{}, {}, {put("old", "2")}})),
            add(Kind::add, 1, record("c", "3")),
            add(Kind::finish, 2),
            add(encode_proposal({{{"", base::Index{6}}}, {}, {put("after", "4")}}))};
  }
  static bool apply(LoggedState& to, const Entries& entries) {
    const auto answers = to.apply(entries);
    EXPECT_TRUE(answers.ok()) << answers.error().message();
    return answers.ok() && std::all_of(answers->begin(), answers->end(), [](const base::Status& answer) { return answer.ok(); });
  }
  static void send(LoggedState& from, LoggedState& to) {
    auto reader = *from.snapshot();
    ASSERT_TRUE(to.begin_install(reader->meta()).ok());
    std::string after;
    for (bool last = false; !last;) {
      const auto piece = reader->read(after);
      ASSERT_TRUE(piece.ok()) << piece.error().message();
      ASSERT_TRUE(to.install(*piece).ok());
      after = piece->last_key;
      last = piece->last;
    }
    const auto done = to.finish_install(reader->meta());
    ASSERT_TRUE(done.ok()) << done.error().message();
  }
  // Data, index tables and apply hash.
  std::string all_of(const std::string& name) {
    auto db = *sqlite::Db::open(folder + "/" + name, {});
    std::string all;
    auto rows = *db->prepare("SELECT key, value, modified_index FROM kv ORDER BY key");
    while (*rows.step()) all += std::string(rows.blob(0)) + "=" + std::string(rows.blob(1)) + "@" + std::to_string(rows.number(2)) + " ";
    all += std::to_string(*db->number("SELECT count(*) FROM index_row")) + " " + std::to_string(*db->number("SELECT count(*) FROM kv_next")) + " ";
    auto hash = *db->prepare("SELECT apply_hash FROM meta");
    EXPECT_TRUE(*hash.step());
    return all + std::string(hash.blob(0));
  }

 private:
  consensus::LogStart end_{};
};

TEST_F(ReplacementOfStates, BatchesAndSnapshotsInTheMiddleMakeNoDifference) {
  const Entries entries = replacement();
  ASSERT_TRUE(apply(*state("together"), entries));
  const std::string expected = all_of("together");
  EXPECT_NE(expected.find("=6@6 a=1@3 after=4@7 b=2@3 c=3@5 0 0 "), std::string::npos) << expected;
  for (size_t at = 1; at < entries.size(); ++at) {
    const std::string one = "one" + std::to_string(at), two = "two" + std::to_string(at);
    {
      auto sender = state(one), receiver = state(two);
      ASSERT_TRUE(apply(*sender, Entries(entries.begin(), entries.begin() + static_cast<long>(at))));
      send(*sender, *receiver);
      for (LoggedState* each : {sender.get(), receiver.get()})
        ASSERT_TRUE(apply(*each, Entries(entries.begin() + static_cast<long>(at), entries.end()))) << at;
    }
    EXPECT_EQ(all_of(one), expected) << at;
    EXPECT_EQ(all_of(two), expected) << "received after entry " << at;
  }
}

// The process ends in every one of its steps, and goes on from what is there.
TEST_F(ReplacementOfStates, ARestartAfterAnyEntryGoesOn) {
  const Entries entries = replacement();
  ASSERT_TRUE(apply(*state("together"), entries));
  for (const EntryPtr& entry : entries) ASSERT_TRUE(apply(*state("restarted"), {entry}));
  EXPECT_EQ(all_of("restarted"), all_of("together"));
}

TEST_F(ReplacementOfStates, StepsThatDoNotFollowAreConflictsAndChangeNothing) {
  auto gathering = state("state");
  const auto answer = [&](const EntryPtr& entry) {
    const auto answers = gathering->apply({{entry}});
    return answers.ok() ? answers->back() : base::Status(answers.error());
  };
  EXPECT_EQ(answer(add(Kind::finish, 0)).error().code(), base::Code::conflict);
  EXPECT_EQ(answer(add(Kind::add, 0, record("a", "1"))).error().code(), base::Code::conflict);
  EXPECT_TRUE(answer(add(Kind::begin, 0)).ok());
  EXPECT_EQ(answer(add(Kind::add, 1, record("a", "1"))).error().code(), base::Code::conflict);
  EXPECT_TRUE(answer(add(Kind::add, 0, record("a", "1"))).ok());
  EXPECT_EQ(answer(add(Kind::finish, 2)).error().code(), base::Code::conflict);
  EXPECT_TRUE(gathering->replacement_under_way());
  EXPECT_TRUE(answer(add(Kind::drop, 0)).ok());
  EXPECT_FALSE(gathering->replacement_under_way());
  EXPECT_EQ(answer(add(Kind::finish, 1)).error().code(), base::Code::conflict);
}

TEST_F(ReplacementOfStates, AFullDiskInTheSwapLeavesTheOldDataAndItIsMadeLater) {
  sqlite::FaultVfs vfs("replacement-test");
  const Entries entries = replacement();
  {
    auto full = state("full", vfs.name());
    ASSERT_TRUE(apply(*full, Entries(entries.begin(), entries.begin() + 5)));
    const auto applied = full->applied();
    vfs.fail(sqlite::FaultVfs::Operation::write, 1, sqlite::FaultVfs::Fault::disk_full);
    EXPECT_FALSE(full->apply({{entries[5]}}).ok());
    EXPECT_EQ(full->applied(), applied);
    vfs.clear();
    ASSERT_TRUE(apply(*full, {entries[5], entries[6]}));
  }
  ASSERT_TRUE(apply(*state("together"), entries));
  EXPECT_EQ(all_of("full"), all_of("together"));
}

TEST(ReplacementEntry, IsToldFromAProposalAndReadsBack) {
  const std::string text = encode_replacement({Kind::add, "id", 7, "records"});
  EXPECT_TRUE(is_replacement(text));
  EXPECT_FALSE(is_replacement(encode_proposal({})));
  const auto read = decode_replacement(text);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->id + "/" + std::to_string(read->pieces) + "/" + read->records, "id/7/records");
  EXPECT_EQ(decode_replacement(text + "\x30\x01").error().code(), base::Code::unsupported);
  EXPECT_EQ(decode_replacement("\x08\x02").error().code(), base::Code::corrupt);
}

}  // namespace
}  // namespace bao::storage::raft
