#include "internal/raft/sim/plan.h"

#include <sstream>

namespace bao::raft::sim {
namespace {

constexpr std::array<std::string_view, kFaults> kNames = {
    "loss",      "duplicate", "reorder",   "clog",       "partition",   "one_way", "mute", "strand", "replay",     "damage",   "unreachable",
    "crash",     "step_crash", "pause",    "suspend",    "slow_disk",   "hung_disk", "full_disk", "write_error", "drift",
    "membership", "readd",    "wipe",      "transfer",    "compaction", "snapshot_failures", "slow_snapshots", "small_limits", "stop"};

constexpr uint64_t kSqliteEvery = 10;

// Faults that do harm together: some seeds have all of one line.
struct Theme {
  std::array<Fault, 4> faults;
};
constexpr Theme kThemes[] = {
    {{Fault::strand, Fault::compaction, Fault::slow_snapshots, Fault::transfer}},      // long tails meet snapshots
    {{Fault::strand, Fault::slow_disk, Fault::hung_disk, Fault::reorder}},             // tails are cut while they are written
    {{Fault::transfer, Fault::mute, Fault::slow_disk, Fault::pause}},                  // elections that nobody wins
    {{Fault::membership, Fault::readd, Fault::replay, Fault::transfer}},               // members change, old messages come
};

void add_theme(Plan& plan, Random& random) {
  if (random.chance(0.5)) return;
  for (const Fault fault : kThemes[random.below(std::size(kThemes))].faults) plan.on[static_cast<size_t>(fault)] = true;
}

// A strength, mostly mild, sometimes harsh.
Time draw_time(Random& random, Time low, Time high) { return low + random.exponential((high - low) / 4) % (high - low); }
double draw_chance(Random& random, double high) {
  const double u = static_cast<double>(random.below(1000)) / 1000;
  return high * u * u;
}

void draw_network(Plan& plan, Random& random) {
  plan.loss = draw_chance(random, 0.3);
  plan.duplicate = draw_chance(random, 0.5);
  plan.replay = draw_chance(random, 0.1);
  plan.damage = draw_chance(random, 0.05);
  plan.mute = draw_chance(random, 0.9);
  plan.delay = random.between(200, 5'000);
  plan.delay_spread = random.between(500, 60'000);
  plan.clog_every = draw_time(random, 500'000, 20'000'000);
  plan.partition_every = draw_time(random, 500'000, 20'000'000);
  plan.strand_every = draw_time(random, 500'000, 10'000'000);
}

void draw_processes(Plan& plan, Random& random) {
  plan.crash_every = draw_time(random, 300'000, 20'000'000);
  plan.down = draw_time(random, 20'000, 3'000'000);
  plan.step_crash = draw_chance(random, 0.02);
  plan.pause_every = draw_time(random, 300'000, 20'000'000);
  plan.pause_for = draw_time(random, 20'000, 2'000'000);
  plan.slow_fsync = draw_chance(random, 0.3);
  plan.write_error = draw_chance(random, 0.005);
  plan.fsync = random.between(100, 15'000);
  plan.disk_trouble_every = draw_time(random, 500'000, 20'000'000);
  plan.disk_trouble_for = draw_time(random, 100'000, 5'000'000);
}

void draw_cluster(Plan& plan, Random& random) {
  plan.change_every = draw_time(random, 200'000, 10'000'000);
  plan.transfer_every = draw_time(random, 200'000, 10'000'000);
  plan.compact_every = draw_time(random, 50'000, 3'000'000);
  static constexpr uint64_t kTrailing[] = {1, 1, 10, 100};
  plan.trailing_entries = random.below(kTrailing[random.below(std::size(kTrailing))]);
  plan.snapshot_failure = draw_chance(random, 0.5);
  plan.installation = draw_time(random, 20'000, 10'000'000);
  plan.think = draw_time(random, 2'000, 200'000);
  plan.keys = random.between(1, 8);
}

void draw_limits(Plan& plan, Random& random) {
  Limits& limits = plan.limits;
  limits.append_bytes_max = random.between(1, 1'000);
  limits.window_messages_max = random.between(1, 8);
  limits.window_bytes_max = random.between(1, 3'000);
  limits.uncommitted_bytes_max = random.between(300, 6'000);
  limits.cache_bytes_max = random.between(1, 4'000);
  limits.apply_bytes_max = random.between(1, 1'000);
  limits.reads_waiting_max = random.between(1, 16);
}

// With dice of their own: a seed without them is the world that it was before there were any.
void draw_stops(Plan& plan) {
  Random random(mix(plan.seed, 0x73746f70));
  plan.on[static_cast<size_t>(Fault::stop)] = random.chance(0.3);
  plan.stop_every = draw_time(random, 300'000, 20'000'000);
}

}  // namespace

std::string_view name_of(Fault fault) { return kNames[static_cast<size_t>(fault)]; }

Plan draw_plan(uint64_t seed) {
  Random random(mix(seed, 0x706c616e));
  Plan plan;
  plan.seed = seed;
  plan.sqlite = seed % kSqliteEvery == 0;
  static constexpr int kVoters[] = {1, 2, 3, 3, 3, 3, 4, 5, 5, 7};
  plan.voters = kVoters[random.below(std::size(kVoters))];
  plan.clients = static_cast<int>(random.between(1, 6));
  plan.single_start_entry = random.chance(0.5);
  plan.heartbeat_ticks = static_cast<int>(random.between(1, 3));
  plan.election_ticks = static_cast<int>(random.between(8, 20));
  const double density = static_cast<double>(random.between(1, 8)) / 10;
  for (size_t i = 0; i < kFaults; ++i)
    if (static_cast<Fault>(i) != Fault::stop) plan.on[i] = random.chance(density);
  add_theme(plan, random);
  plan.storm_events = 40'000 / random.between(1, 6);
  draw_network(plan, random);
  draw_processes(plan, random);
  draw_cluster(plan, random);
  Plan small = plan;
  draw_limits(small, random);
  if (plan.has(Fault::small_limits)) plan.limits = small.limits;
  draw_stops(plan);
  return plan;
}

std::string encode(const Scenario& scenario) {
  const Plan& plan = scenario.plan;
  const Plan drawn = draw_plan(plan.seed);
  std::ostringstream out;
  out << "seed " << plan.seed << "\n";
  std::string off;
  for (size_t i = 0; i < kFaults; ++i)
    if (drawn.on[i] && !plan.on[i]) off += " " + std::string(kNames[i]);
  if (drawn.sqlite && !plan.sqlite) off += " sqlite";
  if (!off.empty()) out << "off" << off << "\n";
  if (plan.clients != drawn.clients) out << "clients " << plan.clients << "\n";
  if (plan.events_max != drawn.events_max) out << "events " << plan.events_max << "\n";
  if (scenario.bug != 0) out << "bug " << scenario.bug << "\n";
  return out.str();
}

base::Result<Scenario> parse_scenario(std::string_view text) {
  Scenario scenario;
  std::istringstream lines{std::string(text)};
  bool seeded = false;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string verb;
    if (!(words >> verb)) continue;
    uint64_t number = 0;
    if (verb == "off") {
      for (std::string name; words >> name;) {
        if (name == "sqlite") {
          scenario.plan.sqlite = false;
          continue;
        }
        size_t i = 0;
        while (i < kFaults && kNames[i] != name) ++i;
        if (i == kFaults) return base::invalid("unknown fault " + name);
        scenario.plan.on[i] = false;
        if (static_cast<Fault>(i) == Fault::small_limits) scenario.plan.limits = Limits{};
      }
    } else if (!(words >> number)) {
      return base::invalid("a number is missing: " + line);
    } else if (verb == "seed") {
      scenario.plan = draw_plan(number);
      seeded = true;
    } else if (verb == "clients") {
      scenario.plan.clients = static_cast<int>(number);
    } else if (verb == "events") {
      scenario.plan.events_max = number;
    } else if (verb == "bug") {
      scenario.bug = static_cast<int>(number);
    } else {
      return base::invalid("unknown word " + verb);
    }
  }
  if (!seeded) return base::invalid("no seed");
  return scenario;
}

}  // namespace bao::raft::sim
