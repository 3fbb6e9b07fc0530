#include "internal/cluster/promotion.h"

namespace bao::cluster {
namespace {

constexpr size_t kVotersOfASmallGroup = 3;
constexpr uint64_t kEntriesBehindMax = 64;  // of somebody who keeps up while others write

}  // namespace

std::vector<raft::NodeId> Promotion::due(const raft::DriverStatus& status, const std::set<raft::NodeId>& stay,
                                         base::Duration stabilization, Time now) {
  if (status.view.role != raft::Role::leader || status.configuration.joint()) {
    caught_up_since_.clear();
    return {};
  }
  std::vector<raft::NodeId> due;
  std::map<raft::NodeId, Time> since;
  for (const raft::PeerView& peer : status.view.peers) {
    if (!status.configuration.learners.contains(peer.id) || stay.contains(peer.id)) continue;
    const bool caught_up = peer.recently_active && peer.state == raft::PeerView::State::replicate &&
                           peer.match.value + kEntriesBehindMax >= status.view.last.index.value;
    if (!caught_up) continue;
    const auto known = caught_up_since_.find(peer.id);
    const Time first = known == caught_up_since_.end() ? now : known->second;
    since.emplace(peer.id, first);
    const bool small = status.configuration.voters.size() + due.size() < kVotersOfASmallGroup;
    if (small || now - first >= stabilization) due.push_back(peer.id);
  }
  caught_up_since_ = std::move(since);
  return due;
}

}  // namespace bao::cluster
