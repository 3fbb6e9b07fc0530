// What a node holds because of its role, and only as long as it has it: leaving a role forgets all of it.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <variant>

#include "internal/raft/core/progress.h"
#include "internal/raft/core/reads.h"

namespace bao::raft {

struct Follower {
  NodeId leader = kNobody;
  ForwardedReads reads;
};

struct Candidate {
  // A campaign asks first whether it would be won (pre), without a new term; only then is it a real one.
  enum class Phase : uint8_t { pre, real } phase = Phase::pre;
  bool transfer = false;               // the leader asked for it: leader stickiness does not apply
  std::map<NodeId, bool> answers;
};

struct Transfer {
  NodeId target;
  int ticks = 0;
};

// Proposals of this reign that are not committed, for the limit of their bytes.
struct UncommittedBytes {
  struct Part { Index index; size_t bytes; };
  std::deque<Part> parts;
  size_t total = 0;
};

struct Leader {
  Index term_start;                    // its first entry; once that is committed, reads and changes are served
  std::map<NodeId, Progress> peers;    // every member but itself
  std::map<uint64_t, NodeId> loads;    // tickets of entries to be read for a peer
  ReadRounds reads;
  std::optional<Transfer> transfer;
  UncommittedBytes uncommitted;
  int heartbeat_elapsed = 0;
};

using RoleState = std::variant<Follower, Candidate, Leader>;

}  // namespace bao::raft
