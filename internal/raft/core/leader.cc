// A leader: appends to its own log, commits what a quorum holds, gives up when it hears none (paper 5.3, 5.4.2; thesis 6.2).
#include "internal/raft/core/state.h"

#include "internal/base/ensure.h"
#include "internal/raft/core/quorum.h"

namespace bao::raft {

void Node::State::become_leader() {
  ENSURE(led_term_ < term_, "a term is led once");
  led_term_ = term_;
  role_ = Leader{};
  leader()->term_start = log_.last_index() + 1;
  match_peers_to_members(*leader());
  trace("become_leader");
  append_own(EntryKind::noop, {});
}

void Node::State::tick_leader(Leader& leading) {
  for (auto& [id, peer] : leading.peers) ++peer.ticks_since_contact;
  if (!hears_quorum(leading)) return become_follower(term_, kNobody, "no quorum heard");
  if (leading.transfer) tick_transfer(leading);
  if (leader() != nullptr && ++leading.heartbeat_elapsed >= options_.heartbeat_ticks) broadcast_heartbeat(leading);
}

bool Node::State::hears_quorum(const Leader& leading) const {
  std::set<NodeId> heard{options_.id};
  for (const auto& [id, peer] : leading.peers) {
    if (peer.ticks_since_contact < options_.election_ticks) heard.insert(id);
  }
  return is_quorum(configuration(), heard);
}

base::Result<Position> Node::State::propose(std::span<const std::string> payloads) {
  Leader* leading = leader();
  if (leading == nullptr) return base::Error(base::Code::unavailable, "this node does not lead the group");
  if (leading->transfer) return base::Error(base::Code::unavailable, "the leadership is being handed over");
  if (payloads.empty()) return base::invalid("a proposal without entries");
  size_t bytes = 0;
  for (const std::string& payload : payloads) bytes += payload.size();
  UncommittedBytes& uncommitted = leading->uncommitted;
  if (!uncommitted.parts.empty() && uncommitted.total + bytes > options_.limits.uncommitted_bytes_max) {
    return base::Error(base::Code::exhausted, "too many bytes wait to be committed");
  }
  Position first;
  for (const std::string& payload : payloads) {
    const Position position = append_own(EntryKind::data, payload);
    if (first.index.value == 0) first = position;
    proposals_.add(position);
  }
  uncommitted.parts.push_back({log_.last_index(), bytes});
  uncommitted.total += bytes;
  trace("propose");
  return first;
}

// Leaves for the disk and for the peers with the next Output.
Position Node::State::append_own(EntryKind kind, std::string payload) {
  Entry entry{log_.last_index() + 1, term_, kind, std::move(payload), {}};
  entry.chain = options_.chain(log_.last_chain(), entry);
  log_.append(std::make_shared<const Entry>(std::move(entry)));
  return log_.last();
}

void Node::State::maybe_commit() {
  const Leader* leading = leader();
  if (leading == nullptr) return;
  // The own log counts as far as it is durable, as everybody's.
  const bool alone = configuration().voters.size() == 1;
  const Index own = PLANTED(12) && alone ? log_.last_index() : persistence_.durable();  // singleton shortcut
  const Index index = committed_index(configuration(), [&](NodeId id) {
    if (id == options_.id) return own;
    const auto peer = leading->peers.find(id);
    return peer == leading->peers.end() ? Index{0} : peer->second.match();
  });
  if (index <= commit_) return;
  // An entry of an earlier term is committed only by one of this term above it (paper, figure 8).
  if (log_.term_at(index) != term_ && !PLANTED(2)) return;  // prior-term entry committed by counting
  advance_commit(index);
}

void Node::State::after_own_commit() {
  UncommittedBytes& uncommitted = leader()->uncommitted;
  while (!uncommitted.parts.empty() && uncommitted.parts.front().index <= commit_) {
    uncommitted.total -= uncommitted.parts.front().bytes;
    uncommitted.parts.pop_front();
  }
  finish_change();
}

// Steps down, and lets the best successor campaign at once, so that nobody waits for a timeout.
void Node::State::hand_over(std::string_view why) {
  if (const auto successor = best_successor(true)) {
    send_now(*successor, term_, TimeoutNow{});
    trace("timeout_now", *successor);
  }
  become_follower(term_, kNobody, why);
}

bool Node::State::term_committed() const { return leader() != nullptr && commit_ >= leader()->term_start; }

}  // namespace bao::raft
