// What the log writer reports.
#include "internal/raft/core/state.h"

#include "internal/base/ensure.h"

namespace bao::raft {

void Node::State::on_append_done(AppendSequence sequence) {
  persistence_.done(sequence);
  log_.evict(persistence_.durable());
  // The disk's time is not held against the leader.
  if (leader_id() != kNobody) election_elapsed_ = 0;
  count_own_vote();
  maybe_commit();
}

void Node::State::on_append_failed(AppendSequence sequence) {
  persistence_.failed(sequence);
  trace("append_failed");
  on_storage_health(StorageHealth::full);
}

void Node::State::on_storage_health(StorageHealth health) {
  if (health == StorageHealth::good) persistence_.resume();
  if (health_ == health) return;
  health_ = health;
  if (health == StorageHealth::good) return trace("storage_good");
  trace(health == StorageHealth::full ? "storage_full" : "storage_stalled");
  // The others still get entries and can catch up, so the leadership is handed over orderly if anybody is there.
  if (leader() != nullptr && !transfer_leadership(std::nullopt).ok()) hand_over("the disk takes nothing");
  if (std::holds_alternative<Candidate>(role_)) become_follower(term_, kNobody, "the disk takes nothing");
}

void Node::State::on_compacted(const LogStart& start) {
  ENSURE(start.position.index <= apply_.applied, "the log is cut below what is applied");
  log_.compact_to(start);
  configurations_.compact_to(start.position.index);
  trace("compacted");
}

}  // namespace bao::raft
