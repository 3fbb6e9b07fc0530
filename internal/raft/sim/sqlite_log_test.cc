// The real log store under a node: what a loss of power may leave of it, and that anything else is seen.
#include <gtest/gtest.h>

#include "internal/raft/sim/model_disk.h"
#include "internal/raft/sim/state_machine.h"

namespace bao::raft::sim {
namespace {

EntryPtr entry_after(const LogImage& log, Term term, std::string payload) {
  Entry entry{log.last() + 1, term, EntryKind::data, std::move(payload), {}};
  entry.chain = cheap_chain(*log.chain_at(log.last()), entry);
  return std::make_shared<const Entry>(std::move(entry));
}

LogImage one_entry() {
  LogImage log;
  log.hard = {Term{1}, kNobody, Index{1}};
  log.append({entry_after(log, Term{1}, "first")});
  return log;
}

LogWrite next_write(const LogImage& log) {
  LogWrite write;
  write.entries = {entry_after(log, Term{2}, "more")};
  write.hard = HardState{Term{2}, NodeId{3}, log.last()};
  return write;
}

LogImage with(LogImage log, const LogWrite& write) {
  perform(log, write);
  return log;
}

TEST(SqliteLog, ALossOfPowerLeavesAllOfAWriteOrNothing) {
  LogImage now = one_entry();
  SqliteLog log(now);
  Random random(7);
  int before = 0, after = 0;
  for (int i = 0; i < 100; ++i) {
    const LogWrite write = next_write(now);
    const LogImage then = with(now, write);
    const auto held = log.lose_power({write}, now, then, random);
    ASSERT_TRUE(held.ok()) << held.error().message();
    ++(*held == SqliteLog::Held::before ? before : after);
    if (*held == SqliteLog::Held::after) now = then;
  }
  EXPECT_GT(before, 10);
  EXPECT_GT(after, 10);
}

TEST(SqliteLog, AnEndInOrderLosesNothing) {
  LogImage now = one_entry();
  SqliteLog log(now);
  const LogWrite write = next_write(now);
  ASSERT_TRUE(log.write({write}).ok());
  EXPECT_TRUE(log.reopen(with(now, write)).ok());
}

TEST(SqliteLog, AnotherLogThanTheModelsIsAnError) {
  const LogImage now = one_entry();
  SqliteLog log(now);
  const LogWrite write = next_write(now);
  EXPECT_FALSE(log.reopen(with(now, write)).ok()) << "an entry is missing";
  LogImage other = now;
  other.hard.vote = NodeId{2};
  EXPECT_FALSE(log.reopen(other).ok()) << "another vote";
  Random random(1);
  EXPECT_FALSE(log.lose_power({}, other, other, random).ok());
}

TEST(SqliteLog, ADiskWithoutRoomSaysSoAndChangesNothing) {
  const LogImage now = one_entry();
  SqliteLog log(now);
  const LogWrite write = next_write(now);
  EXPECT_TRUE(log.write_in_vain({write}).ok());
  EXPECT_TRUE(log.reopen(now).ok());
  EXPECT_TRUE(log.write({write}).ok()) << "there is room again";
}

}  // namespace
}  // namespace bao::raft::sim
