// The safety invariants of README.md for a small world: the same numbers and rules as in checks and oracle, on values that
// can be copied, because a search goes back to any moment.
#pragma once

#include <array>
#include <map>
#include <vector>

#include "internal/raft/core/node.h"
#include "internal/raft/sim/judge.h"
#include "internal/raft/sim/log_image.h"

namespace bao::raft::sim {

struct SmallDisk {
  LogImage durable;
  LogImage held;  // what the core holds: with everything on the way to the disk
};
using SmallDisks = std::array<const SmallDisk*, 3>;

// What the group did so far and no node may contradict.
struct SmallHistory {
  struct Committed {
    Index index;
    Chain chain;
    Term by;  // the leader's that committed it
  };
  std::vector<Committed> committed;
  std::map<Term, NodeId> leaders;
  std::map<std::pair<NodeId, Term>, NodeId> votes;
  uint64_t fingerprint() const;
};

// One Output of one core: `before` is what it showed before, `disk` what it has after handing over the batch of `out`.
struct SmallTurn {
  NodeId node;
  const View& before;
  const View& now;
  const LogImage& held_before;
  const SmallDisk& disk;
  const Output& out;
};
void judge_turn(const SmallTurn& turn, const SmallDisks& disks, SmallHistory& history, Judge& judge);
// 7, 11, 17. `leads`: what the receiver holds, when it leads the term of the message; otherwise null.
void judge_message(const Envelope& envelope, const SmallDisk& sender, const LogImage* leads, SmallHistory& history, Judge& judge);
void judge_restart(NodeId node, const HardState& promised, const View& now, Judge& judge);  // 7

}  // namespace bao::raft::sim
