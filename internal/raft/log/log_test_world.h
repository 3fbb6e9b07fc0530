// For the tests of the log: a folder with a log on a file layer that takes faults, and entries with right chains.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>

#include "internal/base/log.h"
#include "internal/raft/log/log_store.h"
#include "internal/sqlite/fault_vfs.h"

namespace bao::raft {

// Makes the entries of one group and remembers them.
struct Writer {
  GroupId group;
  LogStart start{};
  Entries entries{};
  LogStart end{};

  EntryPtr next(uint64_t term, std::string payload, EntryKind kind = EntryKind::data) {
    auto entry = std::make_shared<Entry>(Entry{end.position.index + 1, Term{term}, kind, std::move(payload), {}});
    entry->chain = sha256_chain(end.chain, *entry);
    end = {{entry->index, entry->term}, entry->chain};
    entries.push_back(entry);
    return entry;
  }
  Index truncate(uint64_t from) {
    while (!entries.empty() && entries.back()->index >= Index{from}) entries.pop_back();
    end = entries.empty() ? start : LogStart{{entries.back()->index, entries.back()->term}, entries.back()->chain};
    return Index{from};
  }
  void reset(const SnapshotMeta& meta) {
    entries.clear();
    start = end = {meta.last, meta.chain};
  }
  struct Hard {
    uint64_t term, vote, commit;
  };
  LogWrite write(Entries batch, Hard hard) const {
    return {group, {}, {}, std::move(batch), HardState{Term{hard.term}, NodeId{hard.vote}, Index{hard.commit}}};
  }
};

inline Configuration configuration(std::initializer_list<uint64_t> voters, uint64_t session) {
  Configuration made;
  for (const uint64_t id : voters) {
    made.members[NodeId{id}] = {Session{session}, "node-" + std::to_string(id)};
    made.voters.insert(NodeId{id});
  }
  return made;
}

inline std::string payloads(const Entries& entries) {
  std::string all;
  for (const EntryPtr& entry : entries) all += entry->payload;
  return all;
}

class LogTest : public testing::Test {
 protected:
  LogTest() {
    base::set_log_level(base::LogLevel::error);  // each power loss would say that the last checkpoint failed
    std::string pattern = std::filesystem::temp_directory_path() / "raft-log-XXXXXX";
    folder = mkdtemp(pattern.data());
    path = folder + "/log.db";
  }
  ~LogTest() override { std::filesystem::remove_all(folder); }

  base::Result<std::unique_ptr<LogStore>> try_open() { return LogStore::open(path, sha256_chain, {vfs.name()}); }
  std::unique_ptr<LogStore> open() {
    auto log = try_open();
    EXPECT_TRUE(log.ok()) << log.error().message();
    return log.ok() ? std::move(*log) : nullptr;
  }
  std::unique_ptr<LogStore> reopen(std::unique_ptr<LogStore> log) {
    log.reset();
    return open();
  }
  static base::Status write(LogStore& log, const LogWrite& write) { return log.write({&write, 1}); }

  std::string folder, path;
  sqlite::FaultVfs vfs{"fault-raft-log"};
};

}  // namespace bao::raft
