// What an operator relies on who moves the data of OpenBao here: all of it arrives, what the log alone has included; the source stays as
// it is; and whatever interrupted a migration, the same command does it again.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <map>

#include "internal/cli/cli.h"
#include "internal/crypto/hash.h"
#include "internal/migration/destination.h"
#include "internal/migration/migrate.h"
#include "internal/migration/openbao_folder.h"
#include "internal/migration/replay.h"
#include "internal/migration/test_folder.h"
#include "internal/storage/file/entry_folder.h"
#include "internal/storage/inmem/inmem.h"

namespace bao::migration {
namespace {

using Kind = LogOperation::Kind;
using Data = std::map<std::string, std::string>;

Data data_of(storage::Backend& storage) {
  Data data;
  EXPECT_TRUE(storage.snapshot()->each([&](std::string_view key, const storage::Record& record) -> base::Status {
    data.emplace(key, record.value);
    return {};
  }).ok());
  return data;
}

int command(const std::vector<std::string>& arguments) {
  std::vector<std::string> all{"operator", "migrate", "-log-level=error"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return cli::run(all, {.server = {}, .migrate = run});
}

struct Folders {
  TestFolder folder;
  std::string source = folder.path() + "/source", target = folder.path() + "/target";
  std::string config;
  explicit Folders(const std::string& from = "raft", const std::string& to = "raft") {
    std::filesystem::create_directories(target);
    config = folder.write("migrate.hcl", "storage_source \"" + from + "\" { path = \"" + source + "\" }\nstorage_destination \"" + to +
                                             "\" {\n path = \"" + target + "\"\n node_id = \"n1\"\n}\ncluster_addr = \"https://127.0.0.1:8201\"\n");
  }
  int migrate(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> all{"-config=" + config};
    all.insert(all.end(), more.begin(), more.end());
    return command(all);
  }
  // What a server would find.
  Data migrated() const {
    const auto migration = config::load_migration(config);
    auto destination = Destination::open(*migration);
    EXPECT_TRUE(destination.ok()) << destination.error().message();
    return destination.ok() ? data_of(destination->storage()) : Data{};
  }
};

std::string verified(const std::string& key, const std::string& value) {
  return operation(Kind::verify_read, key, "\x01" + crypto::sha384("{" + key + "}" + value));
}

TEST(Migration, RecordsAndWhatTheLogHasBeyondThem) {
  const Folders folders;
  folders.folder.write("source/vault.db", state_file({{"a/1", "one"}, {"a/2", "two"}, {"core/lock", "x"}, {"raftchunking/7/0", "{}"}}, 5));
  folders.folder.write("source/raft/raft.db", log_file({
      {4, log_entry(4, 2, operation(Kind::put, "a/1", "older than the records"))},
      {5, log_entry(5, 2, "")},
      {6, log_entry(6, 2, operation(Kind::put, "a/3", "three") + operation(Kind::remove, "a/2"))},
      {7, log_entry(7, 2, "", "", 1)},
  }));
  ASSERT_EQ(folders.migrate(), 0);
  EXPECT_EQ(folders.migrated(), (Data{{"a/1", "one"}, {"a/3", "three"}}));
}

TEST(Migration, ACommandInParts) {
  const Folders folders;
  folders.folder.write("source/vault.db", state_file({}, 2));
  const auto part = [](uint64_t command, uint64_t place, uint64_t count) {
    std::string text;
    codec::put_uint(text, 1, command), codec::put_uint(text, 2, place), codec::put_uint(text, 3, count);
    return text;
  };
  const std::string whole = operation(Kind::put, "large", std::string(300, 'x'));
  folders.folder.write("source/raft/raft.db", log_file({
      {1, log_entry(1, 1, whole.substr(0, 50), part(9, 0, 2))},  // of a leader that was lost
      {2, log_entry(2, 2, whole.substr(0, 100), part(9, 0, 2))},
      {3, log_entry(3, 2, whole.substr(100), part(9, 1, 2))},
  }));
  ASSERT_EQ(folders.migrate(), 0);
  EXPECT_EQ(folders.migrated(), (Data{{"large", std::string(300, 'x')}}));
}

TEST(Migration, TransactionsAreJudgedByWhatTheyRead) {
  const auto storage = storage::inmem::open();
  Replay replay(*storage);
  const std::string list = R"({"p":"b/","a":"","l":-1})";
  const auto listed = [&](const std::string& names) {
    return operation(Kind::verify_list, list, "\x01" + crypto::sha384("{" + list + "}" + names));
  };
  const std::string begin = operation(Kind::begin, "", R"({"i":1})"), commit = operation(Kind::commit);
  ASSERT_TRUE(replay.apply(begin + verified("b/1", "") + operation(Kind::put, "b/1", "one") + commit).ok());
  ASSERT_TRUE(replay.apply(begin + verified("b/1", "") + operation(Kind::put, "b/1", "lost") + commit).ok());
  ASSERT_TRUE(replay.apply(begin + verified("b/1", "one") + listed("1") + operation(Kind::put, "b/c/d", "") + commit).ok());
  ASSERT_TRUE(replay.apply(begin + listed("1") + operation(Kind::put, "b/2", "lost") + commit).ok());
  ASSERT_TRUE(replay.apply(begin + listed("1\nc/") + operation(Kind::put, "b/3", "three") + commit).ok());
  ASSERT_TRUE(replay.apply(begin + operation(Kind::put, "b/4", "lost")).ok()) << "one without an end";
  EXPECT_EQ(replay.applied(), 3u);
  EXPECT_EQ(replay.refused(), 3u);
  EXPECT_EQ(data_of(*storage), (Data{{"b/1", "one"}, {"b/3", "three"}, {"b/c/d", ""}}));
  EXPECT_EQ(replay.apply(operation(static_cast<Kind>(8), "b/1")).error().code(), base::Code::unsupported);
}

// The whole log of a real node, from its first entry on, makes the data that the node had.
TEST(Migration, TheLogOfARealNodeMakesItsData) {
  const TestFolder folder;
  const std::string unpack = "tar -xzf testdata/fixtures/openbao-2.6.2/data-dir/data.tar.gz -C " + folder.path();
  ASSERT_EQ(std::system(unpack.c_str()), 0);
  const auto stopped = OpenbaoFolder::open(folder.path());
  ASSERT_TRUE(stopped.ok()) << stopped.error().message();
  Data expected;
  ASSERT_TRUE((*stopped)->each([&](std::string_view key, std::string_view value) -> base::Status {
    expected.emplace(key, value);
    return {};
  }).ok());
  EXPECT_GT(expected.size(), 100u);

  folder.write("new/vault.db", state_file({}, 0));
  std::filesystem::create_directories(folder.path() + "/new/raft");
  std::filesystem::copy(folder.path() + "/raft/raft.db", folder.path() + "/new/raft/raft.db");
  const auto unapplied = OpenbaoFolder::open(folder.path() + "/new");
  const auto storage = storage::inmem::open();
  Replay replay(*storage);
  const auto applied = (*unapplied)->each_unapplied([&](std::string_view entry) { return replay.apply(entry); });
  ASSERT_TRUE(applied.ok()) << applied.error().message();
  EXPECT_EQ(data_of(*storage), expected);
}

TEST(Migration, ALogWithoutItsBeginningIsRefused) {
  const Folders folders;
  folders.folder.write("source/vault.db", state_file({{"a", "1"}}, 5));
  folders.folder.write("source/raft/raft.db", log_file({{8, log_entry(8, 2, operation(Kind::put, "b", "2"))}}));
  EXPECT_EQ(folders.migrate(), 2);
  EXPECT_TRUE(folders.migrated().contains(std::string(kMark))) << "no server may start on half of the data";
}

TEST(Migration, WhatWasInterruptedIsBegunAgain) {
  const Folders folders;
  folders.folder.write("source/vault.db", state_file({{"a", "1"}, {"b", "2"}, {"c", "3"}}, 5));
  {
    const auto migration = config::load_migration(folders.config);
    auto destination = Destination::open(*migration);
    ASSERT_TRUE(destination.ok()) << destination.error().message();
    ASSERT_TRUE(destination->begin("").ok());
    ASSERT_TRUE(destination->put("a", "1").ok());
    ASSERT_TRUE(destination->put("by an entry of the log", "x").ok());
    ASSERT_TRUE(destination->flush().ok());
  }
  ASSERT_EQ(folders.migrate({"-start=b"}), 0);
  EXPECT_EQ(folders.migrated(), (Data{{"a", "1"}, {"b", "2"}, {"c", "3"}}));
  EXPECT_EQ(folders.migrate(), 2) << "a destination with data and without the mark is somebody's";
  EXPECT_EQ(folders.migrated().size(), 3u);
}

TEST(Migration, FileToFileAndBack) {
  const Folders folders("file", "file");
  folders.folder.write("source/core/_keyring", R"({"Value":"a2V5cw=="})");
  folders.folder.write("source/logical/x/_y", R"({"Value":"AAEC"})");
  const auto before = storage::file::read_folder(folders.source);
  ASSERT_EQ(folders.migrate(), 0);
  EXPECT_EQ(folders.migrated(), (Data{{"core/keyring", "keys"}, {"logical/x/y", std::string("\0\1\2", 3)}}));
  EXPECT_EQ(*storage::file::read_folder(folders.source), *before);
  EXPECT_FALSE(std::filesystem::exists(folders.source + "/.lock")) << "the source is only read";
}

TEST(Migration, WhatCannotBe) {
  const Folders folders;
  EXPECT_EQ(folders.migrate(), 2) << "no source";
  const std::string file = folders.folder.write("source/vault.db", state_file({{"a", "1"}, {std::string(kMark), "{}"}}, 5));
  EXPECT_EQ(folders.migrate(), 2) << "an unfinished migration";
  folders.folder.write("source/vault.db", state_file({{"a", "1"}}, 5));
  const int running = open(file.c_str(), O_RDWR);
  ASSERT_EQ(flock(running, LOCK_EX), 0);
  EXPECT_EQ(folders.migrate(), 2) << "a server has the file";
  close(running);
  EXPECT_EQ(folders.migrate({"-max-parallel=0"}), 1);
  EXPECT_EQ(command({}), 1);
  EXPECT_EQ(command({"-config=/nowhere"}), 1);
  const Folders to_memory("raft", "inmem");
  to_memory.folder.write("source/vault.db", state_file({{"a", "1"}}, 5));
  EXPECT_EQ(to_memory.migrate(), 2);
  ASSERT_EQ(folders.migrate(), 0);
}

TEST(Migration, ResetTakesTheMarkAwayAndNothingElse) {
  const Folders folders;
  {
    const auto migration = config::load_migration(folders.config);
    auto destination = Destination::open(*migration);
    ASSERT_TRUE(destination->begin("").ok());
    ASSERT_TRUE(destination->put("a", "1").ok());
    ASSERT_TRUE(destination->flush().ok());
  }
  ASSERT_EQ(folders.migrate({"-reset"}), 0);
  EXPECT_EQ(folders.migrated(), (Data{{"a", "1"}}));
}

}  // namespace
}  // namespace bao::migration
