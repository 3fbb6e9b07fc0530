// What the leader knows of one peer's log, and how it feeds it. Source: the paper's nextIndex and matchIndex (5.3); states
// after etcd's design document. Owned by the leader's role.
//
//   probe      one append at a time, until one fits: the place where the logs part is searched
//   replicate  a window of appends, sent before the earlier ones are answered
//   snapshot   nothing, until the snapshot arrived or failed
#pragma once

#include <optional>

#include "internal/raft/core/inflight.h"
#include "internal/raft/core/node.h"
#include "internal/raft/core/types.h"

namespace bao::raft {

// An entry's chain, remembered from what was sent or loaded last, for entries that are no longer in memory.
struct KnownChain {
  Index index;
  Chain chain{};
};

class Progress {
 public:
  using State = PeerView::State;
  Progress(Session session, Index next, const Limits& limits)
      : session_(session), next_(next), inflight_(limits.window_messages_max, limits.window_bytes_max) {}

  Session session() const { return session_; }
  Index match() const { return match_; }
  Index next() const { return next_; }
  State state() const { return state_; }
  const Inflight& inflight() const { return inflight_; }
  // May an append leave now?
  bool ready() const;

  void become_probe(Index next);
  void become_replicate();
  void become_snapshot();
  // An append of entries up to `end` (next - 1 when it had none) leaves.
  void sent(Index end, size_t bytes);
  // `match` is durable at the peer: an answer to an append, or to a snapshot. From a probe replication starts; so it does
  // from a snapshot when the log, which begins after `log_start`, can go on from there.
  void accepted(Index match, Index log_start);
  // The append after `rejected` did not fit; `next` is where to try. False: an old answer, nothing changed.
  bool refused(Index rejected, Index next);
  // The peer answers: what was lost may be sent again.
  void resume() { paused_ = false; }
  void pause() { paused_ = true; }

  bool poke = false;                  // an empty append is due, to learn whether the last ones arrived
  Index sent_by_round;                // what had left when the last round of heartbeats did
  Index commit_sent;                  // the highest commit index that it was told
  Index applied;
  uint64_t acked_round = 0;           // of ReadIndex
  int ticks_since_contact = 0;
  Index snapshot_index;               // of the snapshot on its way; 0: not known yet
  std::optional<uint64_t> load_ticket;
  Entries loaded;                     // from the disk, for the next append
  KnownChain known_chain;

 private:
  Session session_;
  Index match_, next_;
  State state_ = State::probe;
  bool paused_ = false;               // probe: one is under way
  Inflight inflight_;
};

}  // namespace bao::raft
