// How a core is set up: fixed for its life. Time is counted in ticks of the driver's length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "internal/raft/core/configuration.h"
#include "internal/raft/core/types.h"

namespace bao::raft {

// The chain after an entry; a pure function. Production gives SHA-256 cut to 16 bytes, the simulator something cheap.
using ChainFunction = Chain (*)(const Chain& previous, const Entry& entry);

struct Limits {
  size_t append_bytes_max = size_t{1} << 20;        // entries of one Append, at least one entry
  size_t window_messages_max = 256;                 // unanswered Appends to one peer
  size_t window_bytes_max = size_t{8} << 20;
  size_t uncommitted_bytes_max = size_t{64} << 20;  // proposals beyond are refused: exhausted
  size_t cache_bytes_max = size_t{32} << 20;        // entries kept in memory below the durable end
  size_t apply_bytes_max = size_t{4} << 20;         // entries handed to the state machine at a time
  size_t reads_waiting_max = 4096;
};

struct Options {
  GroupId group;
  NodeId id;
  // Of the election timeouts, and where the ids of forwarded reads begin: another one at each start, so that a late answer
  // from before a restart answers nothing.
  uint64_t seed = 1;
  int heartbeat_ticks = 5;         // 100 ms with ticks of 20 ms
  int election_ticks = 40;         // a timeout is drawn from [1, 2) times this; the first after a start is twice as long
  ChainFunction chain = nullptr;
  Limits limits;
};

// What the disk held at start, read by the driver as the recovery table of ../README.md says.
struct Recovered {
  HardState hard;
  LogStart start;
  std::vector<TermRun> runs;           // of the whole log, rising; empty: the log is empty
  Index last;                          // of the log; start.position.index when empty
  Entries tail;                        // the newest entries, contiguous, ending at `last`; may be cut by bytes
  ConfigurationHistory configurations; // at the start of the log and every one in it
  Index applied;                       // by the state machine; start.position.index <= applied <= last
};

}  // namespace bao::raft
