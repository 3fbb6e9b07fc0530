// Seeds of the simulator as a test: many at once, saved scenarios, and that a seed means the same run every time.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "internal/raft/sim/world.h"

namespace bao::raft::sim {
namespace {

// Under a sanitizer, unoptimised, a seed takes thirty times as long.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr uint64_t kSeeds = 20;
#else
constexpr uint64_t kSeeds = 200;
#endif

RunResult run(const Plan& plan) {
  Trace trace;
  return run_plan(plan, trace);
}

TEST(Simulation, NothingBreaksUnderFaults) {
  uint64_t committed = 0, elections = 0, operations = 0, stops = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    // A broken ENSURE of the core ends the program: this names the seed then.
    SCOPED_TRACE("make sim SEED=" + std::to_string(seed));
    RecordProperty("seed", static_cast<int>(seed));
    const RunResult result = run(draw_plan(seed));
    if (result.violation)
      FAIL() << "invariant " << result.violation->invariant << ": " << result.violation->text << "\nagain: make sim SEED=" << seed;
    committed += result.committed;
    elections += result.elections;
    operations += result.operations;
    stops += result.stops;
  }
  // A world in which nothing happens would break nothing either.
  EXPECT_GT(committed, 250 * kSeeds);
  EXPECT_GT(elections, 5 * kSeeds);
  EXPECT_GT(operations, 250 * kSeeds);
  EXPECT_GT(stops, kSeeds / 2);
}

TEST(Simulation, ASeedIsTheSameRunEveryTime) {
  for (const uint64_t seed : {3u, 17u, 50u, 101u}) {  // 50: on SQLite
    const RunResult one = run(draw_plan(seed)), two = run(draw_plan(seed));
    EXPECT_EQ(one.hash, two.hash) << "seed " << seed;
    EXPECT_EQ(one.events, two.events) << "seed " << seed;
  }
  EXPECT_NE(run(draw_plan(3)).hash, run(draw_plan(4)).hash);
}

// Each was a failure once.
TEST(Simulation, SavedScenariosHold) {
  size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator("testdata/raft/sim")) {
    if (file.path().extension() != ".txt") continue;
    ++files;
    std::ifstream in(file.path());
    std::stringstream text;
    text << in.rdbuf();
    auto scenario = parse_scenario(text.str());
    ASSERT_TRUE(scenario.ok()) << file.path() << ": " << scenario.error().message();
    const RunResult result = run(scenario->plan);
    if (result.violation)
      ADD_FAILURE() << file.path() << " breaks invariant " << result.violation->invariant << ": " << result.violation->text;
  }
  EXPECT_GT(files, 0u);
}

TEST(Scenario, EveryTenthSeedHasItsLogsOnSqlite) {
  for (uint64_t seed = 1; seed <= 40; ++seed) EXPECT_EQ(draw_plan(seed).sqlite, seed % 10 == 0);
  Plan plan = draw_plan(20);
  plan.sqlite = false;
  const auto again = parse_scenario(encode(Scenario{plan, 0}));
  ASSERT_TRUE(again.ok());
  EXPECT_FALSE(again->plan.sqlite);
}

TEST(Scenario, IsTheSeedAndWhatDiffersFromIt) {
  Plan plan = draw_plan(9);
  plan.clients = 1;
  plan.events_max = 77;
  plan.on.fill(false);
  plan.limits = Limits{};
  const auto again = parse_scenario("# a comment\n" + encode(Scenario{plan, 3}));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->plan.on, plan.on);
  EXPECT_EQ(again->plan.events_max, 77u);
  EXPECT_EQ(again->plan.clients, 1);
  EXPECT_EQ(again->bug, 3);
  EXPECT_FALSE(parse_scenario("off loss\n").ok());
  EXPECT_FALSE(parse_scenario("seed 1\noff lightning\n").ok());
}

}  // namespace
}  // namespace bao::raft::sim
