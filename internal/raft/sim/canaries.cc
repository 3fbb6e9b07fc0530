#include "internal/raft/sim/canaries.h"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <string_view>
#include <vector>

#include "internal/raft/core/planted_bug.h"
#include "internal/raft/sim/crash_guard.h"

namespace bao::raft::sim {

#ifdef BAO_PLANTED_BUGS
namespace {

struct Canary {
  int bug;
  std::string_view name;
};
constexpr Canary kCanaries[] = {
    {1, "vote request leaves before term and vote are durable"},
    {2, "entry of an earlier term committed by counting"},
    {3, "append acknowledged before its fsync"},
    {4, "term and vote in two transactions"},
    {5, "vote forgotten on restart"},
    {6, "match taken from the probe index"},
    {7, "ack names the own last index, not the append's end"},
    {8, "truncation without conflict"},
    {9, "no truncation on conflict"},
    {10, "ReadIndex served before a commit of the own term"},
    {11, "read round number reused after re-election"},
    {12, "shortcut for the only voter"},
    {14, "second change accepted while one is uncommitted"},
    {15, "no session check on a re-added peer"},
    {16, "joint phase asks only the new majority"},
    {21, "install keeps a conflicting suffix"},
    {22, "rejection without term"},
    {23, "transfer to a target that isn't caught up"},
    {24, "stale append completion accepted"},
    {25, "hash map order reaches the state machine"},
    {26, "burst of ticks after a pause"},
    {28, "a stop leaves readers without an answer"},
};
constexpr uint64_t kRanges = 3, kRangeDistance = 1'000'000;

struct Found {
  uint64_t seeds;
  Violation violation;
};

std::optional<Found> seeds_until_found(uint64_t from, uint64_t seeds_max) {
  for (uint64_t i = 0; i < seeds_max; ++i) {
    Trace trace;
    const RunResult result = run_guarded(draw_plan(from + i), trace);
    if (result.violation) return Found{i + 1, *result.violation};
  }
  return std::nullopt;
}

bool find(const Canary& canary, uint64_t seeds_max) {
  planted_bug = canary.bug;
  std::vector<uint64_t> seeds;
  Violation seen{};
  for (uint64_t range = 0; range < kRanges; ++range) {
    const auto found = seeds_until_found(1 + range * kRangeDistance, seeds_max);
    if (!found) continue;
    seeds.push_back(found->seeds);
    seen = found->violation;
  }
  const bool all = seeds.size() == kRanges;
  seeds.resize(kRanges, seeds_max + 1);
  std::sort(seeds.begin(), seeds.end());
  const uint64_t median = seeds[kRanges / 2];
  if (median > seeds_max) std::printf("%2d  ESCAPED          %s\n", canary.bug, std::string(canary.name).c_str());
  else std::printf("%2d  median %6llu%s  %s  [invariant %d: %s]\n", canary.bug, static_cast<unsigned long long>(median), all ? "   " : " !!",
                   std::string(canary.name).c_str(), seen.invariant, seen.text.c_str());
  std::fflush(stdout);
  return all;
}

}  // namespace

int run_canaries(uint64_t seeds_max, int only) {
  int escaped = 0;
  for (const Canary& canary : kCanaries)
    if ((only == 0 || only == canary.bug) && !find(canary, seeds_max)) ++escaped;
  planted_bug = 0;
  if (escaped > 0) std::printf("%d planted bugs escaped %llu seeds in some range\n", escaped, static_cast<unsigned long long>(seeds_max));
  return escaped == 0 ? 0 : 1;
}
#else
int run_canaries(uint64_t, int) {
  std::fprintf(stderr, "this build has no planted bugs: use raft_sim_planted\n");
  return 2;
}
#endif

}  // namespace bao::raft::sim
