// One peer, as the leader sees it.
#include "internal/raft/core/progress.h"

#include <algorithm>

#include "internal/base/ensure.h"

namespace bao::raft {

bool Progress::ready() const {
  switch (state_) {
    case State::probe: return !paused_;
    case State::replicate: return !inflight_.full();
    case State::snapshot: return false;
  }
  return false;
}

void Progress::become_probe(Index next) {
  ENSURE(next > match_, "what matched is not sent again");
  state_ = State::probe;
  next_ = next;
  paused_ = false;
  poke = false;
  inflight_.clear();
  loaded.clear();
}

void Progress::become_replicate() {
  state_ = State::replicate;
  next_ = match_ + 1;
  paused_ = false;
  inflight_.clear();
}

void Progress::become_snapshot() {
  state_ = State::snapshot;
  snapshot_index = {};
  poke = false;
  inflight_.clear();
  loaded.clear();
}

void Progress::sent(Index end, size_t bytes) {
  ENSURE(ready() || (poke && end < next_), "an append leaves only when the peer may get one");
  poke = false;
  if (state_ == State::probe) {
    paused_ = true;
    return;
  }
  if (end < next_) return;
  inflight_.add(end, bytes);
  next_ = end + 1;
}

void Progress::accepted(Index match, Index log_start) {
  match_ = std::max(match_, match);
  next_ = std::max(next_, match_ + 1);
  inflight_.free_to(match);
  switch (state_) {
    case State::probe: return become_replicate();
    case State::replicate: return;
    case State::snapshot:
      if (match_ >= log_start) become_replicate();
      return;
  }
}

bool Progress::refused(Index rejected, Index next) {
  if (state_ == State::snapshot || rejected <= match_) return false;
  if (state_ == State::probe && rejected != next_ - 1) return false;
  become_probe(std::max(next, match_ + 1));
  return true;
}

}  // namespace bao::raft
