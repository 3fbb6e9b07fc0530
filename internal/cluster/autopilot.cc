#include "internal/cluster/autopilot.h"

#include <algorithm>

namespace bao::cluster {
namespace {

base::Duration since_contact(const raft::PeerView& peer) { return peer.ticks_since_contact * base::Duration(raft::DriverOptions().tick); }

}  // namespace

std::vector<Autopilot::Health> Autopilot::observe(const raft::DriverStatus& status, const core::AutopilotSettings& settings, Time now) {
  std::vector<Health> all;
  if (status.view.role == raft::Role::leader) {
    for (const auto& [id, member] : status.configuration.members) {
      const auto peer = std::ranges::find(status.view.peers, id, &raft::PeerView::id);
      if (peer == status.view.peers.end()) {  // the leader itself
        all.push_back({id, true, {}, now});
        continue;
      }
      const uint64_t last = status.view.last.index.value;
      const uint64_t behind = last - std::min(last, peer->match.value);
      const bool healthy = since_contact(*peer) <= settings.last_contact && behind <= static_cast<uint64_t>(settings.max_trailing_logs);
      all.push_back({id, healthy, since_contact(*peer), now});
    }
  }
  std::map<raft::NodeId, Known> known;
  for (Health& health : all) {
    const auto before = known_.find(health.id);
    if (before != known_.end() && before->second.healthy == health.healthy) health.stable_since = before->second.since;
    known[health.id] = {health.healthy, health.stable_since};
  }
  known_ = std::move(known);
  return all;
}

std::optional<raft::NodeId> Autopilot::dead(const raft::DriverStatus& status, const core::AutopilotSettings& settings) const {
  if (!settings.cleans_up() || status.view.role != raft::Role::leader || status.configuration.joint()) return std::nullopt;
  const auto& voters = status.configuration.voters;
  size_t answering = 1;  // this node
  std::optional<raft::NodeId> dead_voter, dead_learner;
  for (const raft::PeerView& peer : status.view.peers) {
    const bool votes = voters.contains(peer.id);
    if (votes && since_contact(peer) <= settings.last_contact) ++answering;
    if (since_contact(peer) > settings.dead_server_last_contact) (votes ? dead_voter : dead_learner) = peer.id;
  }
  if (dead_learner) return dead_learner;
  if (!dead_voter || answering <= voters.size() / 2) return std::nullopt;
  return voters.size() - 1 >= static_cast<size_t>(std::max<int64_t>(settings.min_quorum, 1)) ? dead_voter : std::nullopt;
}

}  // namespace bao::cluster
