// What a member of a group relies on: what was written is there after any restart, and what is damaged is named.
#include "internal/raft/log/log_store.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "internal/raft/log/log_rows.h"
#include "internal/raft/log/log_test_world.h"

namespace bao::raft {
namespace {

class LogStoreTest : public LogTest {};

TEST_F(LogStoreTest, ANewLogBelongsToNobodyAndKnowsNothing) {
  auto log = open();
  EXPECT_EQ(log->identity().node, kNobody);
  EXPECT_EQ(log->identity().incarnation.size(), 36u);
  const Recovered recovered = *log->recover(GroupId{1}, 1000);
  EXPECT_EQ(recovered.hard, HardState{});
  EXPECT_EQ(recovered.last, Index{0});
  EXPECT_TRUE(recovered.runs.empty() && recovered.tail.empty());
  EXPECT_EQ(recovered.configurations.current(), Configuration{});
}

TEST_F(LogStoreTest, TheIdentityIsWrittenOnceAndStays) {
  std::string incarnation;
  {
    auto log = open();
    incarnation = log->identity().incarnation;
    ASSERT_TRUE(log->set_identity("cluster-a", NodeId{7}).ok());
    EXPECT_EQ(log->set_identity("cluster-b", NodeId{8}).error().code(), base::Code::conflict);
  }
  auto log = open();
  EXPECT_EQ(log->identity().cluster_id, "cluster-a");
  EXPECT_EQ(log->identity().node, NodeId{7});
  EXPECT_EQ(log->identity().incarnation, incarnation);
  EXPECT_EQ(log->recover(GroupId{}, 0)->last, Index{0});
}

TEST_F(LogStoreTest, WhatWasWrittenIsRecovered) {
  const Configuration three = configuration({1, 2, 3}, 4);
  {
    auto log = open();
    Writer writer{GroupId{5}};
    ASSERT_TRUE(write(*log, writer.write({writer.next(1, "a"), writer.next(1, ""), writer.next(3, std::string(70'000, 'b'))}, {3, 2, 1})).ok());
    ASSERT_TRUE(write(*log, writer.write({writer.next(4, encode(three), EntryKind::configuration), writer.next(4, "d")}, {4, 2, 3})).ok());
  }
  auto log = open();
  const Recovered all = *log->recover(GroupId{5}, size_t{1} << 20);
  EXPECT_EQ(all.hard, (HardState{Term{4}, NodeId{2}, Index{3}}));
  EXPECT_EQ(all.last, Index{5});
  EXPECT_EQ(all.runs, (std::vector<TermRun>{{Index{1}, Term{1}}, {Index{3}, Term{3}}, {Index{4}, Term{4}}}));
  EXPECT_EQ(all.configurations.current(), three);
  EXPECT_EQ(all.configurations.current_index(), Index{4});
  EXPECT_EQ(all.configurations.at(Index{3}), Configuration{});
  ASSERT_EQ(all.tail.size(), 5u);
  EXPECT_EQ(all.tail[2]->payload, std::string(70'000, 'b'));
  EXPECT_EQ(log->recover(GroupId{5}, 100)->tail.size(), 1u) << "the newest entries, by bytes";
  EXPECT_EQ(log->recover(GroupId{5}, 0)->tail.size(), 1u);
}

TEST_F(LogStoreTest, ATruncatedTailIsReplaced) {
  auto log = open();
  Writer writer{GroupId{1}};
  ASSERT_TRUE(write(*log, writer.write({writer.next(1, "a"), writer.next(1, "b"), writer.next(1, "c")}, {1, 0, 1})).ok());
  const Index from = writer.truncate(2);
  LogWrite second = writer.write({writer.next(2, "B")}, {2, 0, 1});
  second.truncate_from = from;
  ASSERT_TRUE(write(*log, second).ok());
  EXPECT_EQ(payloads(*log->load(GroupId{1}, Index{1}, Index{9}, 1000)), "aB");
  LogWrite cut{};
  cut.group = GroupId{1};
  cut.truncate_from = writer.truncate(2);
  ASSERT_TRUE(write(*log, cut).ok());
  EXPECT_EQ(log->last(GroupId{1}), Index{1});
  EXPECT_EQ(log->bytes(GroupId{1}), entry_bytes(Entry{}) + 1);
  log = reopen(std::move(log));
  EXPECT_EQ(log->recover(GroupId{1}, 1000)->runs, (std::vector<TermRun>{{Index{1}, Term{1}}}));
}

TEST_F(LogStoreTest, CompactionMovesTheStartInStepsAndKeepsTheConfiguration) {
  const Configuration old = configuration({1}, 1), middle = configuration({1, 2}, 1), newest = configuration({1, 2, 3}, 1);
  auto log = open();
  Writer writer{GroupId{1}};
  for (const Configuration& c : {old, middle, newest}) {
    ASSERT_TRUE(write(*log, writer.write({writer.next(1, encode(c), EntryKind::configuration), writer.next(1, "x")}, {1, 0, 0})).ok());
  }
  const Chain chain_4 = log->at(GroupId{1}, Index{4})->value().chain;
  EXPECT_TRUE(*log->compact(GroupId{1}, Index{4}, 3));
  EXPECT_EQ(log->start(GroupId{1}).position.index, Index{3});
  EXPECT_FALSE(*log->compact(GroupId{1}, Index{4}, 3));
  EXPECT_FALSE(*log->compact(GroupId{1}, Index{4}, 3)) << "already forgotten";
  EXPECT_EQ(log->start(GroupId{1}), (LogStart{{Index{4}, Term{1}}, chain_4}));
  EXPECT_TRUE(log->load(GroupId{1}, Index{4}, Index{6}, 1000)->empty());
  EXPECT_EQ(log->load(GroupId{1}, Index{5}, Index{6}, 1000)->size(), 2u);
  log = reopen(std::move(log));
  const Recovered recovered = *log->recover(GroupId{1}, 1000);
  EXPECT_EQ(recovered.start.position.index, Index{4});
  EXPECT_EQ(recovered.runs, (std::vector<TermRun>{{Index{5}, Term{1}}}));
  EXPECT_EQ(recovered.configurations.at(Index{4}), middle);
  EXPECT_EQ(recovered.configurations.current(), newest);
  EXPECT_FALSE(*log->compact(GroupId{1}, Index{6}, 100));
  log = reopen(std::move(log));
  EXPECT_EQ(log->recover(GroupId{1}, 1000)->last, Index{6});
  EXPECT_EQ(log->recover(GroupId{1}, 1000)->configurations.current_index(), Index{5});
  EXPECT_EQ(log->bytes(GroupId{1}), 0u);
}

TEST_F(LogStoreTest, AResetLogBeginsAfterTheSnapshotAndGoesOn) {
  auto log = open();
  Writer writer{GroupId{1}};
  ASSERT_TRUE(write(*log, writer.write({writer.next(1, "a"), writer.next(1, "b")}, {1, 0, 2})).ok());
  SnapshotMeta meta{{Index{100}, Term{7}}, Chain{1, 2, 3}, configuration({1, 2, 3}, 9), Index{90}};
  writer.reset(meta);
  LogWrite reset = writer.write({writer.next(8, "c")}, {8, 3, 100});
  reset.reset = meta;
  ASSERT_TRUE(write(*log, reset).ok());
  EXPECT_TRUE(log->load(GroupId{1}, Index{1}, Index{200}, 1000)->empty());
  log = reopen(std::move(log));
  const Recovered recovered = *log->recover(GroupId{1}, 1000);
  EXPECT_EQ(recovered.start, (LogStart{meta.last, meta.chain}));
  EXPECT_EQ(recovered.hard, (HardState{Term{8}, NodeId{3}, Index{100}}));
  EXPECT_EQ(recovered.configurations.current(), meta.configuration);
  EXPECT_EQ(recovered.configurations.current_index(), Index{90});
  EXPECT_EQ(payloads(recovered.tail), "c");
}

TEST_F(LogStoreTest, AtKnowsTermAndChainFromTheStartToTheEnd) {
  auto log = open();
  EXPECT_EQ(log->at(GroupId{1}, Index{0})->value(), LogStart{});
  Writer writer{GroupId{1}};
  ASSERT_TRUE(write(*log, writer.write({writer.next(1, "a"), writer.next(2, "b"), writer.next(2, "c")}, {2, 0, 0})).ok());
  EXPECT_EQ(log->at(GroupId{1}, Index{2})->value(), (LogStart{{Index{2}, Term{2}}, writer.entries[1]->chain}));
  EXPECT_EQ(log->at(GroupId{1}, Index{0})->value(), LogStart{});
  EXPECT_FALSE(log->at(GroupId{1}, Index{4})->has_value());
}

TEST_F(LogStoreTest, ManyGroupsAndEntriesAreOneFsync) {
  auto log = open();
  std::vector<Writer> writers;
  for (uint32_t g = 1; g <= 20; ++g) writers.push_back(Writer{GroupId{g}});
  const auto batch = [&] {
    std::vector<LogWrite> writes;
    for (Writer& writer : writers) {
      Entries entries;
      for (int i = 0; i < 8; ++i) entries.push_back(writer.next(1, std::string(500, 'x')));
      writes.push_back(writer.write(entries, {1, 1, 0}));
    }
    return writes;
  };
  ASSERT_TRUE(log->write(batch()).ok());
  const int64_t before = vfs.count(sqlite::FaultVfs::Operation::sync);
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(log->write(batch()).ok());
  EXPECT_EQ(vfs.count(sqlite::FaultVfs::Operation::sync) - before, 50) << "1.00 a write";
  EXPECT_EQ(log->last(GroupId{20}), Index{51 * 8});
  log = reopen(std::move(log));
  for (const Writer& writer : writers) EXPECT_EQ(log->recover(writer.group, 0)->tail.back()->chain, writer.entries.back()->chain);
}

TEST_F(LogStoreTest, ACheckpointStartsTheWalOverAndLosesNothing) {
  auto log = open();
  Writer writer{GroupId{1}};
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(write(*log, writer.write({writer.next(1, std::string(4000, 'x'))}, {1, 0, 0})).ok());
  EXPECT_GT(log->wal_pages(), 40);
  ASSERT_EQ(log->load(GroupId{1}, Index{1}, Index{40}, 100)->size(), 1u) << "at least one";
  ASSERT_TRUE(log->checkpoint().ok());
  ASSERT_TRUE(write(*log, writer.write({writer.next(1, "y")}, {1, 0, 0})).ok());
  EXPECT_LT(log->wal_pages(), 10);
  EXPECT_EQ(log->load(GroupId{1}, Index{1}, Index{41}, size_t{1} << 20)->size(), 41u);
}

TEST_F(LogStoreTest, EntriesAreLoadedBesideTheWriter) {
  auto log = open();
  Writer writer{GroupId{1}};
  ASSERT_TRUE(write(*log, writer.write({writer.next(1, "0")}, {1, 0, 0})).ok());
  std::atomic<bool> stop{false};
  std::vector<std::jthread> readers;
  for (int t = 0; t < 2; ++t) {
    readers.emplace_back([&] {
      while (!stop) {
        const auto read = log->load(GroupId{1}, Index{1}, Index{1'000'000}, 2000);
        ASSERT_TRUE(read.ok()) << read.error().message();
        for (size_t i = 0; i < read->size(); ++i) EXPECT_EQ((*read)[i]->index, Index{i + 1});
      }
    });
  }
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(write(*log, writer.write({writer.next(1, std::to_string(i))}, {1, 0, 0})).ok());
    if (i % 50 != 0) continue;
    ASSERT_TRUE(log->checkpoint().ok());
  }
  stop = true;
}

// A start must not take long, whatever the log holds.
TEST_F(LogStoreTest, AHundredThousandEntriesAreVerifiedAtOpen) {
  {
    auto log = open();
    Writer writer{GroupId{1}};
    for (int batch = 0; batch < 100; ++batch) {
      Entries entries;
      for (int i = 0; i < 1000; ++i) entries.push_back(writer.next(1, std::string(1024, 'x')));
      ASSERT_TRUE(write(*log, writer.write(std::move(entries), {1, 0, 0})).ok());
      writer.entries.clear();
    }
  }
  const auto begin = std::chrono::steady_clock::now();
  auto log = open();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  EXPECT_EQ(log->recover(GroupId{1}, 1)->last, Index{100'000});
  RecordProperty("open_ms", static_cast<int>(took.count() * 1000));
  std::printf("100,000 entries verified in %.2f s\n", took.count());
}

}  // namespace
}  // namespace bao::raft
