// The simulator of the Raft core as a program: runs seeds, shows what broke and how to see it again.
//
//   raft_sim --seed 7 [--trace]         one seed; --trace prints every event as ndjson
//   raft_sim --seeds 2000 [--from 1]    many; ends at the first that fails, with its smallest form as scenario text
//   raft_sim --scenario FILE            a saved one
//   raft_sim --canaries N               every planted bug until it is found, at most N seeds (a build with planted bugs)
//   raft_sim --small-world              everything that can happen to three nodes, [--states N] and [--time SECONDS] for each part
//   raft_sim --bug N ...                with one planted bug
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

#include "internal/raft/core/planted_bug.h"
#include "internal/raft/sim/canaries.h"
#include "internal/raft/sim/crash_guard.h"
#include "internal/raft/sim/minimise.h"
#include "internal/raft/sim/small_search.h"

namespace {

using namespace bao::raft;
using namespace bao::raft::sim;

struct Arguments {
  uint64_t seed = 0, seeds = 0, from = 1, canaries = 0, tail = 60;
  int bug = 0;
  bool trace = false, all = false, small_world = false;
  SearchLimits limits;
  std::string scenario;
};

bool parse(int argc, char** argv, Arguments* arguments) {
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--trace") arguments->trace = true;
    else if (name == "--all") arguments->all = true;
    else if (name == "--small-world") arguments->small_world = true;
    else if (i + 1 == argc) return false;
    else if (name == "--scenario") arguments->scenario = argv[++i];
    else if (name == "--seed") arguments->seed = std::strtoull(argv[++i], nullptr, 10);
    else if (name == "--seeds") arguments->seeds = std::strtoull(argv[++i], nullptr, 10);
    else if (name == "--from") arguments->from = std::strtoull(argv[++i], nullptr, 10);
    else if (name == "--canaries") arguments->canaries = std::strtoull(argv[++i], nullptr, 10);
    else if (name == "--tail") arguments->tail = std::strtoull(argv[++i], nullptr, 10);
    else if (name == "--bug") arguments->bug = static_cast<int>(std::strtol(argv[++i], nullptr, 10));
    else if (name == "--states") arguments->limits.states = std::strtoull(argv[++i], nullptr, 10);
    else if (name == "--time") arguments->limits.seconds = std::strtod(argv[++i], nullptr);
    else return false;
  }
  return true;
}

bool plant(int bug) {
#ifdef BAO_PLANTED_BUGS
  planted_bug = bug;
  return true;
#else
  return bug == 0;
#endif
}

void show_failure(const Plan& plan, const Violation& violation, const Arguments& arguments) {
  std::printf("seed %llu breaks invariant %d: %s\n", static_cast<unsigned long long>(plan.seed), violation.invariant, violation.text.c_str());
  std::printf("again: make sim SEED=%llu\n", static_cast<unsigned long long>(plan.seed));
  std::fflush(stdout);
  const Plan small = minimise(plan, violation);
  Trace trace(arguments.tail);
  const RunResult result = run_guarded(small, trace);
  for (const std::string& line : trace.lines()) std::printf("%s\n", line.c_str());
  std::printf("the smallest form, for testdata/raft/sim/*.txt (%s):\n%s",
              result.violation ? result.violation->text.c_str() : "it does not fail any more", encode(Scenario{small, arguments.bug}).c_str());
}

int run_one(const Plan& plan, const Arguments& arguments) {
  Trace trace(0, arguments.trace ? stdout : nullptr);
  const RunResult result = run_guarded(plan, trace);
  std::printf("seed %llu: %llu events, %.1f simulated seconds, %llu committed, %llu elections, %llu operations, trace %016llx\n",
              static_cast<unsigned long long>(plan.seed), static_cast<unsigned long long>(result.events),
              static_cast<double>(result.simulated) / 1e6, static_cast<unsigned long long>(result.committed),
              static_cast<unsigned long long>(result.elections), static_cast<unsigned long long>(result.operations),
              static_cast<unsigned long long>(result.hash));
  if (!result.violation) return 0;
  if (arguments.trace) std::printf("invariant %d: %s\n", result.violation->invariant, result.violation->text.c_str());
  else show_failure(plan, *result.violation, arguments);
  return 1;
}

int run_many(const Arguments& arguments) {
  const auto begin = std::chrono::steady_clock::now();
  RunResult sum;
  int failed = 0;
  for (uint64_t seed = arguments.from; seed < arguments.from + arguments.seeds; ++seed) {
    const Plan plan = draw_plan(seed);
    Trace trace;
    const RunResult result = run_guarded(plan, trace);
    sum.events += result.events;
    sum.committed += result.committed;
    sum.elections += result.elections;
    sum.operations += result.operations;
    if (!result.violation) continue;
    ++failed;
    if (arguments.all) {
      std::printf("seed %llu: invariant %d: %s\n", static_cast<unsigned long long>(seed), result.violation->invariant, result.violation->text.c_str());
      std::fflush(stdout);
      continue;
    }
    show_failure(plan, *result.violation, arguments);
    return 1;
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  std::printf("%llu seeds, %d failed: %.1f seeds/s, %.0f events/s; a seed has on average %llu events, %llu entries, %llu elections, %llu operations\n",
              static_cast<unsigned long long>(arguments.seeds), failed, static_cast<double>(arguments.seeds) / seconds,
              static_cast<double>(sum.events) / seconds, static_cast<unsigned long long>(sum.events / arguments.seeds),
              static_cast<unsigned long long>(sum.committed / arguments.seeds), static_cast<unsigned long long>(sum.elections / arguments.seeds),
              static_cast<unsigned long long>(sum.operations / arguments.seeds));
  return failed == 0 ? 0 : 1;
}

int run_scenario(const Arguments& arguments) {
  std::ifstream file(arguments.scenario);
  std::stringstream text;
  text << file.rdbuf();
  auto scenario = parse_scenario(text.str());
  if (!scenario.ok()) {
    std::fprintf(stderr, "%s: %s\n", arguments.scenario.c_str(), scenario.error().message().c_str());
    return 2;
  }
  if (!plant(scenario->bug)) std::fprintf(stderr, "this build has no planted bugs\n");
  return run_one(scenario->plan, arguments);
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  if (!parse(argc, argv, &arguments)) {
    std::fprintf(stderr, "usage: raft_sim --seed N [--trace] | --seeds N [--from N] [--all] | --scenario FILE | --canaries N | --small-world; [--bug N] [--tail N]\n");
    return 2;
  }
  if (!plant(arguments.bug)) {
    std::fprintf(stderr, "this build has no planted bugs: use raft_sim_planted\n");
    return 2;
  }
  if (arguments.small_world) return run_small_world(arguments.limits);
  if (arguments.canaries > 0) return run_canaries(arguments.canaries, arguments.bug);
  if (!arguments.scenario.empty()) return run_scenario(arguments);
  return arguments.seeds > 0 ? run_many(arguments) : run_one(draw_plan(arguments.seed), arguments);
}
