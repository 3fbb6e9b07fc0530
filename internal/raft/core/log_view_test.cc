// The log without the disk.
#include "internal/raft/core/log_view.h"

#include <gtest/gtest.h>

namespace bao::raft {
namespace {

EntryPtr entry(uint64_t index, uint64_t term) {
  Chain chain{};
  chain[0] = static_cast<uint8_t>(index);
  return std::make_shared<const Entry>(Entry{Index{index}, Term{term}, EntryKind::data, "x", chain});
}

LogView log_of(const std::vector<uint64_t>& terms, size_t cache = 1 << 20) {
  LogView log({}, {}, Index{0}, {}, cache);
  for (size_t i = 0; i < terms.size(); ++i) log.append(entry(i + 1, terms[i]));
  return log;
}

TEST(LogView, KnowsTheTermOfEveryIndex) {
  const LogView log = log_of({1, 1, 3, 3, 7});
  EXPECT_EQ(log.term_at(Index{0}), Term{0});
  EXPECT_EQ(log.term_at(Index{2}), Term{1});
  EXPECT_EQ(log.term_at(Index{3}), Term{3});
  EXPECT_EQ(log.term_at(Index{5}), Term{7});
  EXPECT_FALSE(log.term_at(Index{6}));
  EXPECT_EQ(log.runs().size(), 3u);
}

TEST(LogView, FindsWhereATermMayFit) {
  const LogView log = log_of({1, 1, 3, 3, 7});
  EXPECT_EQ(log.last_with_term_at_most(Index{5}, Term{7}), (Position{Index{5}, Term{7}}));
  EXPECT_EQ(log.last_with_term_at_most(Index{5}, Term{6}), (Position{Index{4}, Term{3}}));
  EXPECT_EQ(log.last_with_term_at_most(Index{3}, Term{3}), (Position{Index{3}, Term{3}}));
  EXPECT_EQ(log.last_with_term_at_most(Index{9}, Term{2}), (Position{Index{2}, Term{1}}));
  EXPECT_EQ(log.last_with_term_at_most(Index{5}, Term{0}), Position{});
}

TEST(LogView, TruncationForgetsTermsToo) {
  LogView log = log_of({1, 1, 3, 3, 7});
  log.truncate_from(Index{3}, entry(2, 1)->chain);
  EXPECT_EQ(log.last(), (Position{Index{2}, Term{1}}));
  EXPECT_EQ(log.last_chain(), entry(2, 1)->chain);
  log.append(entry(3, 2));
  EXPECT_EQ(log.term_at(Index{3}), Term{2});
}

TEST(LogView, CompactionKeepsTheTermOfTheStart) {
  LogView log = log_of({1, 1, 3, 3, 7});
  log.compact_to({{Index{3}, Term{3}}, entry(3, 3)->chain});
  EXPECT_EQ(log.term_at(Index{3}), Term{3});
  EXPECT_FALSE(log.term_at(Index{2}));
  EXPECT_EQ(log.term_at(Index{4}), Term{3});
  EXPECT_TRUE(log.slice(Index{3}, Index{5}, 1000).empty());
  EXPECT_EQ(log.slice(Index{4}, Index{5}, 1000).size(), 2u);
  log.compact_to({{Index{5}, Term{7}}, entry(5, 7)->chain});
  EXPECT_EQ(log.last(), (Position{Index{5}, Term{7}}));
  log.append(entry(6, 7));
  EXPECT_EQ(log.term_at(Index{6}), Term{7});
}

TEST(LogView, EvictsOnlyWhatIsDurable) {
  LogView log = log_of({1, 1, 1, 1}, 2 * entry_bytes(*entry(1, 1)));
  log.evict(Index{1});
  EXPECT_EQ(log.first_cached(), Index{2});
  log.evict(Index{4});
  EXPECT_EQ(log.first_cached(), Index{3});
  EXPECT_TRUE(log.slice(Index{2}, Index{4}, 1000).empty());
  EXPECT_EQ(log.term_at(Index{1}), Term{1});
  EXPECT_FALSE(log.chain_at(Index{2}));
  EXPECT_TRUE(log.chain_at(Index{3}));
}

TEST(LogView, SlicesAreBoundedByBytesButHoldOne) {
  const LogView log = log_of({1, 1, 1, 1});
  EXPECT_EQ(log.slice(Index{1}, Index{4}, 1).size(), 1u);
  EXPECT_EQ(log.slice(Index{1}, Index{4}, 2 * entry_bytes(*entry(1, 1))).size(), 2u);
  EXPECT_EQ(log.slice(Index{2}, Index{3}, 1000).size(), 2u);
}

TEST(LogView, AResetBeginsAfterTheSnapshot) {
  LogView log = log_of({1, 1, 3});
  log.reset({{Index{9}, Term{4}}, {}});
  EXPECT_EQ(log.last(), (Position{Index{9}, Term{4}}));
  log.append(entry(10, 5));
  EXPECT_EQ(log.term_at(Index{10}), Term{5});
  EXPECT_EQ(log.first_cached(), Index{10});
}

}  // namespace
}  // namespace bao::raft
