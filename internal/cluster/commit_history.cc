#include "internal/cluster/commit_history.h"

#include <algorithm>

namespace bao::cluster {
namespace {

CommitHistory::Milliseconds between(CommitHistory::Time from, CommitHistory::Time to) {
  return std::max(CommitHistory::Milliseconds(0), std::chrono::duration_cast<CommitHistory::Milliseconds>(to - from));
}

}  // namespace

void CommitHistory::learn(uint64_t term, uint64_t index, Time now) {
  const base::MutexLock lock(mutex_);
  if (term < term_) return;
  term_ = term;
  const bool rises = points_.empty() || index > points_.back().index;
  if (rises && (points_.empty() || now - points_.back().first >= kGrain)) {
    points_.push_back({now, now, index});
    if (points_.size() > kPointsMax) points_.pop_front();
    return;
  }
  // A heartbeat names what this node is known to hold: what it was told before stays true.
  if (rises) points_.back().index = index;
  points_.back().last = std::max(points_.back().last, now);
}

std::optional<CommitHistory::Milliseconds> CommitHistory::unheard(Time now) const {
  const base::MutexLock lock(mutex_);
  if (points_.empty()) return std::nullopt;
  return between(points_.back().last, now);
}

std::optional<CommitHistory::Milliseconds> CommitHistory::age(uint64_t applied, Time now) const {
  const base::MutexLock lock(mutex_);
  if (points_.empty()) return std::nullopt;
  const auto beyond = std::find_if(points_.rbegin(), points_.rend(), [&](const Point& point) { return point.index <= applied; });
  return between(beyond == points_.rend() ? points_.front().first : beyond->last, now);
}

CommitHistory::Milliseconds CommitHistory::waiting(uint64_t applied, Time now) const {
  const base::MutexLock lock(mutex_);
  const auto first = std::partition_point(points_.begin(), points_.end(), [&](const Point& point) { return point.index <= applied; });
  return first == points_.end() ? Milliseconds(0) : between(first->first, now);
}

}  // namespace bao::cluster
