#include "internal/cluster/standing.h"

#include <algorithm>
#include <utility>

#include "internal/cluster/member_record.h"

namespace bao::cluster {

using base::Result;
using Clock = std::chrono::steady_clock;

Result<raft::DriverStatus> Standing::status() const {
  raft::Driver* driver = storage_.member();
  if (!driver) return base::Error(base::Code::unavailable, "this node belongs to no cluster yet");
  return driver->status();
}

void Standing::heard(const raft::Envelope& envelope) {
  const auto learn = [&](raft::Index index) { commits_.learn(envelope.term.value, index.value, Clock::now()); };
  if (const auto* append = std::get_if<raft::Append>(&envelope.message)) learn(append->commit);
  else if (const auto* heartbeat = std::get_if<raft::Heartbeat>(&envelope.message)) learn(heartbeat->commit);
  else if (const auto* offer = std::get_if<raft::SnapshotOffer>(&envelope.message)) learn(offer->meta.last.index);
}

void Standing::seen(const raft::DriverStatus& status) {
  if (status.view.role == raft::Role::leader) commits_.learn(status.view.term.value, status.view.commit.value, Clock::now());
}

Result<core::ClusterStanding> Standing::own() const {
  ASSIGN_OR_RETURN(const raft::DriverStatus now, status());
  const auto time = Clock::now();
  core::ClusterStanding standing;
  standing.term = now.view.term.value;
  standing.last = now.view.last.index.value;
  standing.commit = now.view.commit.value;
  standing.applied = storage_.applied().value;
  standing.served = storage_.told().value;
  standing.leads = now.view.role == raft::Role::leader;
  standing.queued = standing.commit - std::min(standing.commit, standing.served);
  if (standing.queued > 0) standing.queue_age = commits_.waiting(standing.served, time);
  if (standing.leads) return standing;
  standing.unheard = commits_.unheard(time);
  standing.lag = commits_.age(standing.served, time);
  return standing;
}

Result<std::vector<core::ClusterMember>> Standing::members() const {
  ASSIGN_OR_RETURN(const raft::DriverStatus now, status());
  const auto time = Clock::now();
  std::vector<core::ClusterMember> members;
  for (const auto& [id, known] : now.configuration.members) {
    ASSIGN_OR_RETURN(const MemberContext context, decode_context(id.value, known.context));
    core::ClusterMember member;
    member.record = context.record;
    member.leads = id == now.view.leader;
    member.votes = now.configuration.votes(id);
    for (const raft::PeerView& peer : now.view.peers) {
      if (peer.id != id) continue;
      member.match = peer.match.value;
      member.reached_lately = peer.recently_active;
      member.applied = peer.applied.value;
      member.unheard = peer.ticks_since_contact * raft::DriverOptions().tick;
      member.lag = commits_.waiting(member.applied, time);
    }
    if (id == storage_.identity().node) {
      member.match = now.view.durable.value;
      member.applied = storage_.told().value;
      member.reached_lately = true;
    }
    members.push_back(std::move(member));
  }
  return members;
}

}  // namespace bao::cluster
