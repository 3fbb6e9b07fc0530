// Leadership transfer (thesis 3.10).
#include "internal/base/ensure.h"
#include "internal/raft/core/state.h"

namespace bao::raft {

base::Status Node::State::transfer_leadership(std::optional<NodeId> target) {
  Leader* leading = leader();
  if (leading == nullptr) return base::Error(base::Code::unavailable, "this node does not lead the group");
  if (target == options_.id) return base::invalid("this node leads already");
  if (target && !configuration().voters.contains(*target)) return base::invalid("the target is no voter");
  if (!target) target = best_successor(false);
  if (!target) return base::Error(base::Code::unavailable, "no other voter is heard");
  leading->transfer = Transfer{*target};
  trace("transfer", *target);
  maybe_send_timeout_now(*leading);
  return {};
}

// The most advanced voter of those that are heard; with `must_match` only one that has the whole log.
std::optional<NodeId> Node::State::best_successor(bool must_match) const {
  std::optional<NodeId> best;
  Index best_match;
  for (const auto& [id, peer] : leader()->peers) {
    if (!configuration().voters.contains(id) || peer.ticks_since_contact >= options_.election_ticks) continue;
    if (must_match && peer.match() != log_.last_index()) continue;
    if (best && peer.match() <= best_match) continue;
    best = id;
    best_match = peer.match();
  }
  return best;
}

void Node::State::maybe_send_timeout_now(Leader& leading) {
  const NodeId target = leading.transfer->target;
  const auto peer = leading.peers.find(target);
  ENSURE(peer != leading.peers.end(), "a target of a transfer is a member");
  if (peer->second.match() != log_.last_index() && !PLANTED(23)) return;  // transfer to a target that isn't caught up
  trace("timeout_now", target);
  send_now(target, term_, TimeoutNow{});
}

void Node::State::tick_transfer(Leader& leading) {
  if (++leading.transfer->ticks < options_.election_ticks) {
    // It may have been lost.
    if (leading.transfer->ticks % options_.heartbeat_ticks == 0) maybe_send_timeout_now(leading);
    return;
  }
  trace("transfer_given_up", leading.transfer->target);
  leading.transfer.reset();
  if (health_ != StorageHealth::good) return hand_over("the disk takes nothing");
  finish_change();
}

}  // namespace bao::raft
