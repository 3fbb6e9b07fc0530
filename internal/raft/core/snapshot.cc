// Snapshots (paper 7): for a peer that needs entries below the log's start. The data goes outside of the core.
#include <algorithm>
#include <cstdint>

#include "internal/base/ensure.h"
#include "internal/raft/core/state.h"

namespace bao::raft {

void Node::State::order_snapshot(NodeId id, Progress& peer) {
  // None is made for somebody who does not answer anyway.
  if (peer.ticks_since_contact >= options_.election_ticks) return;
  peer.become_snapshot();
  trace("snapshot_order", id);
  output_.snapshots.push_back({id, peer.session()});
}

void Node::State::on_snapshot_ready(NodeId to, Session session, const SnapshotMeta& meta) {
  if (leader() == nullptr) return;
  const auto peer = leader()->peers.find(to);
  if (peer == leader()->peers.end() || peer->second.session() != session) return;
  if (peer->second.state() != Progress::State::snapshot) return;
  peer->second.snapshot_index = meta.last.index;
  trace("snapshot_offer", to);
  send_now(to, term_, SnapshotOffer{session, meta});
}

void Node::State::on_snapshot_sent(NodeId to, Session session, SnapshotOutcome outcome) {
  if (leader() == nullptr) return;
  const auto found = leader()->peers.find(to);
  if (found == leader()->peers.end() || found->second.session() != session) return;
  Progress& peer = found->second;
  if (peer.state() != Progress::State::snapshot) return;  // an append's answer told it before
  const bool delivered = outcome == SnapshotOutcome::delivered;
  const Index held = delivered ? std::max(peer.match(), peer.snapshot_index) : peer.match();
  peer.become_probe(held + 1);
  peer.pause();  // until it answers a heartbeat
  trace(delivered ? "snapshot_delivered" : "snapshot_failed", to);
}

void Node::State::on_snapshot_offer(const Envelope& envelope, const SnapshotOffer& offer) {
  if (!hear_leader(envelope.from)) return;
  const SnapshotMeta& meta = offer.meta;
  if (!validate(meta.configuration).ok()) return trace("snapshot_offer_malformed", envelope.from);
  if (meta.last.index <= commit_ || log_.contains(meta.last)) {
    const auto term = log_.term_at(meta.last.index);
    const auto chain = log_.chain_at(meta.last.index);
    if ((term && *term != meta.last.term) || (chain && *chain != meta.chain)) {
      return halt("a snapshot at index " + std::to_string(meta.last.index.value) + " of another history");
    }
    advance_commit(meta.last.index);
    trace("snapshot_not_needed", envelope.from);
    return send_when_durable(envelope.from, AppendReply{offer.session, true, meta.last.index, {}, {}, log_.last_index()},
                             meta.last.index);
  }
  // One at a time, and only a newer one replaces it: the state machine never goes back.
  if (installation_ && meta.last.index <= installation_->meta.last.index) return;
  installation_ = Installation{envelope.from, offer.session, meta};
  output_.install = InstallOrder{envelope.from, term_, meta};
  trace("install", envelope.from);
}

// The state machine has jumped to meta.last; the log follows.
void Node::State::on_snapshot_installed(const SnapshotMeta& meta) {
  const std::optional<Installation> installation = installation_;
  if (installation_ && installation_->meta.last.index <= meta.last.index) installation_.reset();
  if (meta.last.index <= apply_.applied) return;
  apply_.applied = apply_.handed = meta.last.index;
  apply_.outstanding.clear();
  apply_.outstanding_bytes = 0;
  apply_.load_ticket.reset();
  apply_.loaded.clear();
  if (log_.contains(meta.last) && persistence_.durable() >= meta.last.index) {
    advance_commit(meta.last.index);
  } else {
    replace_log(meta);
  }
  trace("installed");
  const auto* follower = std::get_if<Follower>(&role_);
  if (!installation || follower == nullptr || follower->leader == kNobody) return;
  send_when_durable(follower->leader, AppendReply{installation->session, true, meta.last.index, {}, {}, log_.last_index()},
                    meta.last.index);
}

// The log begins after the snapshot. What stood behind its last entry is kept only if that entry was in the log (on its way
// to the disk: it is written again); otherwise it followed an entry that is not the group's.
void Node::State::replace_log(const SnapshotMeta& meta) {
  ENSURE(leader() == nullptr, "a leader has every committed entry");
  const bool same = log_.contains(meta.last);
  Entries suffix;
  if (same || PLANTED(21)) suffix = log_.slice(meta.last.index + 1, log_.last_index(), SIZE_MAX);  // install keeps a conflicting suffix
  if (same) {
    advance_commit(meta.last.index);
    configurations_.compact_to(meta.last.index);
  } else {
    proposals_.replaced(meta.last.index, &output_.fates);
    commit_ = meta.last.index;
    configurations_.reset(meta.configuration_index, meta.configuration);
  }
  log_.reset({meta.last, meta.chain});
  persistence_.reset(meta);
  for (const EntryPtr& entry : suffix) log_.append(entry);
  if (!same) configuration_changed("from a snapshot");
}

// What a newer one replaced is refused, too: that says nothing about the newer one.
void Node::State::on_snapshot_refused(const SnapshotMeta& meta) {
  if (!installation_ || installation_->meta.last != meta.last) return;
  installation_.reset();
  trace("install_refused");
}

}  // namespace bao::raft
