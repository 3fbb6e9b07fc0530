// The leader feeds its peers (paper 5.3). Appends are composed when the Output is taken, so that everything that came in
// meanwhile goes out together.
#include <algorithm>

#include "internal/base/ensure.h"
#include "internal/raft/core/state.h"

namespace bao::raft {

void Node::State::replicate(Leader& leading) {
  if (leading.reads.wants_round() && (term_committed() || PLANTED(10))) broadcast_heartbeat(leading);
  for (auto& [id, peer] : leading.peers) replicate_to(id, peer);
}

void Node::State::replicate_to(NodeId id, Progress& peer) {
  bool sent = false;
  while (peer.ready() && (peer.state() == Progress::State::probe || peer.next() <= log_.last_index())) {
    if (!send_append(id, peer)) break;
    sent = true;
  }
  if (peer.poke && !sent && peer.state() == Progress::State::replicate) sent = send_append(id, peer);
  // A commit index that no append carries: the peer's state machine shall not wait for the next heartbeat. While an answer is
  // to come, so is the occasion to tell it what is committed by then.
  const bool busy = peer.inflight().messages() > 0;
  if (!sent && !busy && peer.commit_sent < std::min(peer.match(), commit_)) send_heartbeat(id, peer, true);
}

// False: nothing left, because entries have to be loaded, or a snapshot is needed.
bool Node::State::send_append(NodeId id, Progress& peer) {
  const Index previous = peer.next() - 1;
  if (previous < log_.start().position.index) {
    order_snapshot(id, peer);
    return false;
  }
  Append append{peer.session(), {previous, *log_.term_at(previous)}, {}, {}, commit_};
  if (!find_chain(id, peer, previous, &append.previous_chain)) return false;
  if (peer.ready() && peer.next() <= log_.last_index()) {
    append.entries = find_entries(id, peer);
    if (append.entries.empty()) return false;
  }
  size_t bytes = 0;
  for (const EntryPtr& entry : append.entries) bytes += entry_bytes(*entry);
  const Index end = previous + append.entries.size();
  if (!append.entries.empty()) peer.known_chain = {end, append.entries.back()->chain};
  peer.sent(end, bytes);
  peer.commit_sent = std::max(peer.commit_sent, std::min(commit_, end));
  send_now(id, term_, std::move(append));
  return true;
}

bool Node::State::find_chain(NodeId id, Progress& peer, Index index, Chain* chain) {
  // Loaded entries may begin before the place they are wanted for: the chain of the one before it is what is needed.
  const auto wanted = std::find_if(peer.loaded.begin(), peer.loaded.end(),
                                   [&](const EntryPtr& entry) { return entry->index > index; });
  if (wanted != peer.loaded.begin()) {
    const Entry& before = **std::prev(wanted);
    peer.known_chain = {before.index, before.chain};
    peer.loaded.erase(peer.loaded.begin(), wanted);
  }
  if (const auto known = log_.chain_at(index)) {
    *chain = *known;
  } else if (peer.known_chain.index == index) {
    *chain = peer.known_chain.chain;
  } else {
    request_load(id, peer, index);
    return false;
  }
  return true;
}

Entries Node::State::find_entries(NodeId id, Progress& peer) {
  Entries loaded = std::exchange(peer.loaded, {});
  if (!loaded.empty() && loaded.front()->index == peer.next()) return loaded;
  Entries entries = log_.slice(peer.next(), log_.last_index(), options_.limits.append_bytes_max);
  if (entries.empty()) request_load(id, peer, peer.next());
  return entries;
}

void Node::State::request_load(NodeId id, Progress& peer, Index first) {
  if (peer.load_ticket) return;
  peer.load_ticket = next_ticket_++;
  leader()->loads[*peer.load_ticket] = id;
  output_.loads.push_back({*peer.load_ticket, first, log_.first_cached() - 1, options_.limits.append_bytes_max});
}

void Node::State::on_loaded(uint64_t ticket, Entries entries) {
  if (apply_.load_ticket == ticket) {
    apply_.load_ticket.reset();
    apply_.loaded = std::move(entries);
    return;
  }
  if (leader() == nullptr) return;
  const auto load = leader()->loads.find(ticket);
  if (load == leader()->loads.end()) return;
  const auto peer = leader()->peers.find(load->second);
  leader()->loads.erase(load);
  if (peer == leader()->peers.end() || peer->second.load_ticket != ticket) return;
  peer->second.load_ticket.reset();
  if (!entries.empty()) {
    peer->second.loaded = std::move(entries);
  } else if (peer->second.state() != Progress::State::snapshot) {
    // Cut meanwhile: not asked again before the peer is heard of, when the log's start will be known.
    peer->second.become_probe(peer->second.match() + 1);
    peer->second.pause();
  }
}

void Node::State::send_heartbeat(NodeId id, Progress& peer, bool news) {
  // A peer that is behind, or has other entries, must not take the commit index for its own log.
  const Index commit = std::min(peer.match(), commit_);
  peer.commit_sent = std::max(peer.commit_sent, commit);
  send_now(id, term_, Heartbeat{peer.session(), commit, leader()->reads.round(), news});
}

void Node::State::broadcast_heartbeat(Leader& leading) {
  leading.heartbeat_elapsed = 0;
  leading.reads.start(commit_, term_committed() || PLANTED(10));  // ReadIndex served before own-term commit
  for (auto& [id, peer] : leading.peers) {
    peer.sent_by_round = peer.next() - 1;
    send_heartbeat(id, peer, false);
  }
  release_reads(leading);
}

// The peer that an answer speaks for; what an earlier life of it said proves nothing.
Progress* Node::State::peer_of(NodeId id, Session session) {
  if (leader() == nullptr) return nullptr;
  const auto peer = leader()->peers.find(id);
  if (peer == leader()->peers.end()) return nullptr;
  if (peer->second.session() != session && !PLANTED(15)) return nullptr;  // no session check on re-added peer
  peer->second.ticks_since_contact = 0;
  return &peer->second;
}

void Node::State::on_append_reply(const Envelope& envelope, const AppendReply& reply) {
  Progress* peer = peer_of(envelope.from, reply.session);
  if (peer == nullptr) return;
  if (!reply.accepted) {
    if (peer->refused(reply.rejected, place_to_try(reply))) trace("probe", envelope.from);
    return;
  }
  if (reply.match > log_.last_index()) return trace("append_reply_malformed", envelope.from);
  const Progress::State before = peer->state();
  peer->accepted(reply.match, log_.start().position.index);
  if (peer->state() != before) trace("replicate", envelope.from);
  maybe_commit();
  if (leader() != nullptr && leader()->transfer) maybe_send_timeout_now(*leader());
}

// Where the logs may agree: the last entry whose term both could have. Each refusal skips a whole term.
Index Node::State::place_to_try(const AppendReply& reply) const {
  const Index hint = std::min(reply.hint.index, log_.last_index());
  Position agreed = log_.last_with_term_at_most(hint, reply.hint.term);
  // Only a snapshot helps: somewhere below the start.
  const Index start = log_.start().position.index;
  if (agreed.index < start) agreed.index = std::min(hint, start - 1);
  return std::max(Index{1}, std::min(agreed.index + 1, reply.rejected));
}

void Node::State::on_heartbeat_reply(const Envelope& envelope, const HeartbeatReply& reply) {
  Progress* peer = peer_of(envelope.from, reply.session);
  if (peer == nullptr) return;
  peer->applied = reply.applied;
  peer->acked_round = std::max(peer->acked_round, reply.round);
  peer->resume();
  if (PLANTED(6)) peer->accepted(peer->next() - 1, log_.last_index());  // match taken from probe index
  // Appends may be lost without anybody noticing when nothing follows them. What left since is not late yet.
  if (peer->match() < peer->sent_by_round) peer->poke = true;
  release_reads(*leader());
}

void Node::State::on_peer_unreachable(NodeId id) {
  if (leader() == nullptr) return;
  const auto peer = leader()->peers.find(id);
  if (peer == leader()->peers.end() || peer->second.state() != Progress::State::replicate) return;
  peer->second.become_probe(peer->second.match() + 1);
  trace("probe", id, "unreachable");
}

}  // namespace bao::raft
