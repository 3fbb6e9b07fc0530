// Every way in which log and state machine can stand to each other at a start.
#include "internal/raft/log/recovery.h"

#include <gtest/gtest.h>

namespace bao::raft {
namespace {

using Verdict = Reconciliation::Verdict;

LogStart entry(uint64_t index, uint64_t term, uint8_t chain) { return {{Index{index}, Term{term}}, Chain{chain}}; }

struct Case {
  const char* name;
  LogStart start;
  uint64_t last, commit;
  std::optional<LogStart> at_applied;
  LogStart applied;
  bool installed;
  Verdict verdict;
  uint64_t commit_known;
};

const Case kCases[] = {
    {"a new node", {}, 0, 0, LogStart{}, {}, false, Verdict::go_on, 0},
    {"entries, nothing applied yet", {}, 9, 4, LogStart{}, {}, false, Verdict::go_on, 4},
    {"the state lost its tail at a power loss", {}, 9, 8, entry(5, 2, 5), entry(5, 2, 5), false, Verdict::go_on, 8},
    {"the hint is behind what was applied", {}, 9, 3, entry(9, 2, 9), entry(9, 2, 9), false, Verdict::go_on, 9},
    {"a compacted log, applied at its start", entry(5, 2, 5), 9, 5, entry(5, 2, 5), entry(5, 2, 5), false, Verdict::go_on, 5},
    {"an empty log right after a reset", entry(50, 3, 7), 50, 50, entry(50, 3, 7), entry(50, 3, 7), true, Verdict::go_on, 50},
    {"a snapshot that the log reaches, same history", {}, 60, 50, entry(50, 3, 7), entry(50, 3, 7), true, Verdict::go_on, 50},
    {"stopped between installation and reset, log behind", {}, 9, 9, std::nullopt, entry(50, 3, 7), true, Verdict::drop, 50},
    {"the same, log compacted", entry(4, 1, 4), 9, 9, std::nullopt, entry(50, 3, 7), true, Verdict::drop, 50},
    {"the same, a stale suffix of another term", {}, 60, 9, entry(50, 2, 6), entry(50, 3, 7), true, Verdict::drop, 50},
    {"the same, same term with another chain", {}, 60, 9, entry(50, 3, 6), entry(50, 3, 7), true, Verdict::drop, 50},
    {"data from before there was a log", {}, 0, 0, std::nullopt, entry(77, 0, 0), false, Verdict::drop, 77},
    {"the log file was lost", {}, 0, 0, std::nullopt, entry(77, 3, 7), false, Verdict::refuse, 0},
    {"the log lost its tail", {}, 70, 70, std::nullopt, entry(77, 3, 7), false, Verdict::refuse, 0},
    {"an older log file was put back", entry(5, 1, 5), 70, 70, std::nullopt, entry(77, 3, 7), false, Verdict::refuse, 0},
    {"an older state file was put back", entry(80, 3, 8), 99, 90, std::nullopt, entry(77, 3, 7), false, Verdict::refuse, 0},
    {"the state file was lost", entry(80, 3, 8), 99, 90, std::nullopt, {}, false, Verdict::refuse, 0},
    {"the state of another cluster", {}, 99, 90, entry(77, 2, 7), entry(77, 3, 7), false, Verdict::refuse, 0},
    {"another history of one term", {}, 99, 90, entry(77, 3, 8), entry(77, 3, 7), false, Verdict::refuse, 0},
    {"an installed snapshot below the log's start", entry(80, 3, 8), 99, 90, std::nullopt, entry(50, 3, 7), true, Verdict::refuse, 0},
};

TEST(Recovery, TheTable) {
  for (const Case& c : kCases) {
    const auto got = reconcile({c.start, Index{c.last}, Index{c.commit}, c.at_applied}, {c.applied, c.installed});
    EXPECT_EQ(got.verdict, c.verdict) << c.name << ": " << got.reason;
    EXPECT_EQ(got.commit, Index{c.commit_known}) << c.name;
    EXPECT_EQ(got.reason.empty(), got.verdict != Verdict::refuse) << c.name;
  }
}

}  // namespace
}  // namespace bao::raft
