// What one seed does: which faults exist and how strong they are (swarm testing: Groce et al., 2012), how many nodes and
// clients, for how long. A pure function of the seed; a scenario file names what differs from it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "internal/base/result.h"
#include "internal/raft/core/options.h"
#include "internal/raft/sim/random.h"

namespace bao::raft::sim {

enum class Fault : uint8_t {
  loss,               // a message is lost
  duplicate,          // or comes twice
  reorder,            // delays vary widely
  clog,               // a direction stands still for a while, then everything arrives
  partition,          // the nodes fall into halves, one is alone, a ring, a bridge
  one_way,            // a direction is cut
  mute,               // a candidate is not heard any more, just as it asks
  strand,             // a leader is alone with what it was just given, and heard again when somebody else leads
  replay,             // a message comes again much later
  damage,             // a message arrives flipped or cut: its checksum drops it
  unreachable,        // senders are told that a peer is away
  crash,              // a process ends, at any event
  step_crash,         // or between two steps of its disk
  pause,              // a process stands still
  suspend,            // all of them do
  slow_disk,          // an fsync takes long
  hung_disk,          // or does not come back for many election timeouts
  full_disk,          // a write finds no room, for a while
  write_error,        // a write fails: the process ends itself
  drift,              // clocks run up to 5 % fast or slow
  membership,         // learners come, are promoted, demoted; members, leaders too, are removed and replaced
  readd,              // a removed member comes back, with its disk or as a new node
  wipe,               // a member's disk is lost: that member never comes back
  transfer,           // leadership is handed over, to slow and dead ones too
  compaction,         // logs are cut close to the end, so that snapshots are needed
  snapshot_failures,  // their streams break
  slow_snapshots,     // or take, with their installation, as long as several elections
  small_limits,       // windows, batches and caches of a few entries
  stop,               // a process ends in order, amid its work
  count_,
};
inline constexpr size_t kFaults = static_cast<size_t>(Fault::count_);
std::string_view name_of(Fault fault);

struct Plan {
  uint64_t seed = 0;
  std::array<bool, kFaults> on{};
  int voters = 3;
  int clients = 3;
  uint64_t events_max = 40'000;  // with faults, in storms of storm_events; after each comes a calm
  uint64_t storm_events = 40'000;
  bool sqlite = false;  // the logs are real ones (sqlite_log.h)
  bool single_start_entry = false;  // the log begins with the configuration as entry 1, not after it
  int heartbeat_ticks = 2, election_ticks = 10;
  Limits limits;
  // Strengths. Chances are of one message, write or chunk; times are means.
  double loss = 0, duplicate = 0, replay = 0, damage = 0, mute = 0;
  Time delay = 0, delay_spread = 0;
  Time clog_every = 0, partition_every = 0, strand_every = 0, crash_every = 0, down = 0, pause_every = 0, pause_for = 0, stop_every = 0;
  double step_crash = 0, slow_fsync = 0, write_error = 0;
  Time fsync = 0, disk_trouble_every = 0, disk_trouble_for = 0;
  Time change_every = 0, transfer_every = 0, compact_every = 0, think = 0;
  uint64_t trailing_entries = 0;
  double snapshot_failure = 0;
  Time installation = 0;  // of a slow snapshot
  uint64_t keys = 4;

  bool has(Fault fault) const { return on[static_cast<size_t>(fault)]; }
  static constexpr Time kTick = 20'000;
  // The longest time that a follower waits before it campaigns.
  Time election_timeout() const { return 2 * kTick * static_cast<Time>(election_ticks); }
};

Plan draw_plan(uint64_t seed);

// A scenario: lines "seed N", "off FAULT...", "off sqlite", "clients N", "events N", "bug N"; # begins a comment. Errors: invalid.
struct Scenario {
  Plan plan;
  int bug = 0;
};
std::string encode(const Scenario& scenario);
base::Result<Scenario> parse_scenario(std::string_view text);

}  // namespace bao::raft::sim
