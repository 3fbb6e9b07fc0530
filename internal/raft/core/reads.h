// Linearizable reads. Source: Ongaro's thesis 6.4, with numbered rounds.
// A leader may have been replaced without knowing, so a read waits for a round of heartbeats that began after it arrived
// and that a quorum answered: its commit index of then was the group's. Owned by the roles.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include "internal/raft/core/types.h"

namespace bao::raft {

// Who asked: this node (id is the caller's cookie) or a follower (id is its own).
struct ReadAsker {
  NodeId from;
  uint64_t id;
};

// At the leader. Rounds are counted from 1 in each reign; answers of an earlier term are not listened to.
class ReadRounds {
 public:
  struct Confirmed { ReadAsker asker; Index index; };

  void add(ReadAsker asker) { waiting_.push_back(asker); }
  size_t size() const { return waiting_.size() + started_.size(); }
  uint64_t round() const { return round_; }
  // Somebody waits and no round is under way.
  bool wants_round() const { return !waiting_.empty() && started_.empty(); }
  // A round begins. With `serve` the reads that wait join it, at this commit index.
  uint64_t start(Index commit, bool serve);
  // Everything of rounds up to `confirmed`.
  std::vector<Confirmed> release(uint64_t confirmed);
  std::vector<ReadAsker> drain();

 private:
  struct Started { uint64_t round; Confirmed read; };
  uint64_t round_ = 0;
  std::deque<ReadAsker> waiting_;
  std::deque<Started> started_;
};

// At a follower: what it asked its leader.
struct ForwardedRead {
  uint64_t cookie;
  int ticks = 0;
};
using ForwardedReads = std::map<uint64_t, ForwardedRead>;

}  // namespace bao::raft
