// When this node learned that which index is agreed on: from that follows how old is what it has applied, and how long what it has
// not waits. On a standby the leader's messages say it, on the leader its own log. Bounded: of what lies further back the oldest
// that is kept is told. Thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

#include "internal/base/mutex.h"

namespace bao::cluster {

class CommitHistory {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Milliseconds = std::chrono::milliseconds;
  static constexpr Milliseconds kGrain{10};  // what is learned within that time is one point
  static constexpr size_t kPointsMax = 4096;

  // A leader of `term` spoke, at `now`, and everything up to `index` is agreed on. Of an older term: nothing is learned.
  void learn(uint64_t term, uint64_t index, Time now) EXCLUDES(mutex_);
  // Since the leader spoke last; nothing: nobody did.
  std::optional<Milliseconds> unheard(Time now) const EXCLUDES(mutex_);
  // Of a node that has applied that much: how long ago everything that was agreed on was applied here.
  std::optional<Milliseconds> age(uint64_t applied, Time now) const EXCLUDES(mutex_);
  // How long the first index after `applied` has been known; 0: there is none.
  Milliseconds waiting(uint64_t applied, Time now) const EXCLUDES(mutex_);

 private:
  struct Point {
    Time first, last;
    uint64_t index;
  };
  mutable base::Mutex mutex_{base::Rank::background_job};
  uint64_t term_ GUARDED_BY(mutex_) = 0;
  std::deque<Point> points_ GUARDED_BY(mutex_);  // rising
};

}  // namespace bao::cluster
