#include "internal/cluster/leadership.h"

#include <utility>

#include "internal/base/metrics.h"

namespace bao::cluster {

using base::MutexLock;

void Leadership::heard(const raft::RoleChange& change) {
  static base::Counter& elections = base::counter("raft.elections_begun");
  static base::Counter& won = base::counter("raft.elections_won");
  static base::Counter& leaders = base::counter("raft.leader_changes");
  if (change.role == raft::Role::candidate) elections.add();
  if (change.role == raft::Role::leader) won.add();
  const MutexLock lock(mutex_);
  if (change.leader != raft::kNobody && std::exchange(last_leader_, change.leader) != change.leader) leaders.add();
  if (change.leader != role_.leader || change.term != role_.term) since_ = Clock::now();
  role_ = change;
  ++news_;
  changed_.notify_all();
}

Leadership::Leader Leadership::leader() const {
  const MutexLock lock(mutex_);
  return {role_.leader, role_.term, role_.role == raft::Role::leader, news_};
}

bool Leadership::succeeded(const Leader& leader, Clock::duration since) const {
  const MutexLock lock(mutex_);
  return role_.term > leader.term && role_.leader != raft::kNobody && role_.leader != leader.id && Clock::now() - since_ >= since;
}

void Leadership::wake() {
  const MutexLock lock(mutex_);
  ++news_;
  changed_.notify_all();
}

bool Leadership::await_news(uint64_t seen, Clock::duration at_most) {
  MutexLock lock(mutex_);
  changed_.wait_for(mutex_, at_most, [&]() BAO_TS(no_thread_safety_analysis) { return stopping_ || news_ != seen; });
  return !stopping_;
}

void Leadership::await_follower(Clock::duration at_most) {
  MutexLock lock(mutex_);
  changed_.wait_for(mutex_, at_most, [this]() BAO_TS(no_thread_safety_analysis) { return role_.role != raft::Role::leader; });
}

void Leadership::declare_active(bool active) {
  const MutexLock lock(mutex_);
  active_ = active;
  changed_.notify_all();
}

bool Leadership::await_active(Clock::duration at_most) {
  MutexLock lock(mutex_);
  changed_.wait_for(mutex_, at_most, [this]() BAO_TS(no_thread_safety_analysis) {
    return stopping_ || active_ || role_.role != raft::Role::leader;
  });
  return active_;
}

void Leadership::stop() {
  const MutexLock lock(mutex_);
  stopping_ = true;
  changed_.notify_all();
}

}  // namespace bao::cluster
