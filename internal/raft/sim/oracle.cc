#include "internal/raft/sim/oracle.h"

#include <algorithm>

#include "internal/base/ensure.h"
#include "internal/raft/sim/trace.h"

namespace bao::raft::sim {
namespace {

size_t common(const std::set<NodeId>& a, const std::set<NodeId>& b) {
  return static_cast<size_t>(std::ranges::count_if(a, [&](NodeId id) { return b.contains(id); }));
}

bool majorities_meet(const std::set<NodeId>& a, const std::set<NodeId>& b) {
  if (a.empty() || b.empty()) return false;
  const size_t shared = common(a, b);
  const size_t majority_a = a.size() / 2 + 1, majority_b = b.size() / 2 + 1;
  const size_t alone_a = a.size() - shared, alone_b = b.size() - shared;
  const size_t from_shared = (majority_a > alone_a ? majority_a - alone_a : 0) + (majority_b > alone_b ? majority_b - alone_b : 0);
  return from_shared > shared;
}

}  // namespace

bool quorums_meet(const Configuration& a, const Configuration& b) {
  return majorities_meet(a.voters, b.voters) || majorities_meet(a.outgoing, b.voters) ||
         majorities_meet(a.voters, b.outgoing) || majorities_meet(a.outgoing, b.outgoing);
}

bool holds_quorum(const Configuration& configuration, const std::set<NodeId>& present) {
  const auto half = [&](const std::set<NodeId>& ids) { return ids.empty() || common(ids, present) * 2 > ids.size(); };
  return !configuration.voters.empty() && half(configuration.voters) && half(configuration.outgoing);
}

void Oracle::begin(const StateMachine& machine) {
  machine_ = machine;
  for (uint64_t i = 0; i <= machine.applied().index.value; ++i)
    committed_.push_back({nullptr, {}, machine.hash(), machine.chain(), 0});
  floor_ = machine.applied().index;
}

void Oracle::entry_appended(NodeId at, const Entry& entry) {
  if (appended_.size() <= entry.index.value) appended_.resize(entry.index.value + 1);
  auto& known = appended_[entry.index.value];
  for (const auto& [term, chain] : known) {
    if (term != entry.term) continue;
    if (chain != entry.chain) judge_.violate(3, describe(at) + " has another entry at " + describe({entry.index, entry.term}));
    return;
  }
  known.emplace_back(entry.term, entry.chain);
}

void Oracle::leader_elected(NodeId leader, Term term, const LogImage& log) {
  const auto [found, fresh] = leaders_.emplace(term, leader);
  if (!fresh) {
    judge_.violate(1, describe(leader) + " leads term " + std::to_string(term.value) + " as " + describe(found->second) + " did");
    return;
  }
  // Only what leaders of earlier terms committed must be there: an election may end late.
  const auto later = std::upper_bound(committed_.begin(), committed_.end(), term,
                                      [](Term t, const Committed& c) { return t <= c.by; });
  const Index must{static_cast<uint64_t>(later - committed_.begin()) - 1};
  if (must <= log.start.position.index) return;
  const Chain* chain = log.chain_at(must);
  if (!chain || *chain != committed_[must.value].chain)
    judge_.violate(4, describe(leader) + " leads term " + std::to_string(term.value) + " without the committed entry " + describe(must));
}

bool Oracle::committed(NodeId at, Index index, Term by, const EntryPtr& entry) {
  if (index <= last_committed()) return false;
  ENSURE(index.value == committed_.size(), "commits are reported in order");
  const Position position{entry->index, entry->term};
  if (superseded_.contains(position)) judge_.violate(13, describe(position) + " was superseded and is committed by " + describe(at));
  uint64_t previous = 0;
  const auto before = machine_.configuration();
  machine_.apply(*entry);
  if (entry->kind == EntryKind::configuration) configuration_committed(index, *before);
  if (entry->kind == EntryKind::data) {
    const Command command = *decode_command(entry->payload);
    if (!attempts_.insert(command.attempt).second) judge_.violate(13, "one proposal is committed twice, again at " + describe(index));
    const auto* session = machine_.session(command.client, command.sequence);
    if (session && session->index == index) {
      previous = session->previous;
      history_[command.key].emplace_back(index, machine_.value(command.key));
    }
  }
  committed_.push_back({entry, by, machine_.hash(), entry->chain, previous});
  return true;
}

void Oracle::matches_committed(NodeId at, Index index, const LogImage& log) {
  const Chain* chain = log.chain_at(index);
  if (index.value < committed_.size() && chain && index.value > 0 && committed_[index.value].entry &&
      *chain != committed_[index.value].chain)
    judge_.violate(4, describe(at) + " takes another entry for the committed one at " + describe(index));
}

void Oracle::applied(NodeId at, const StateMachine& machine) {
  const Index index = machine.applied().index;
  if (index > last_committed()) judge_.violate(5, describe(at) + " applied " + describe(index) + ", which is not committed");
  else if (index.value > 0 && committed_[index.value].hash != machine.hash())
    judge_.violate(5, "the state of " + describe(at) + " differs at " + describe(index));
}

void Oracle::vote_left(NodeId voter, Term term, NodeId candidate) {
  const auto [found, fresh] = votes_.emplace(std::pair{voter, term}, candidate);
  if (!fresh && found->second != candidate)
    judge_.violate(7, describe(voter) + " votes in term " + std::to_string(term.value) + " for " + describe(candidate) + " and for " + describe(found->second));
}

void Oracle::superseded(NodeId at, Position position) {
  superseded_.insert(position);
  if (position.index <= last_committed() && committed_[position.index.value].entry &&
      committed_[position.index.value].entry->term == position.term)
    judge_.violate(13, describe(at) + " calls " + describe(position) + " superseded, which is committed");
}

void Oracle::fate_committed(NodeId at, Position position) {
  if (position.index > last_committed() || committed_[position.index.value].entry->term != position.term)
    judge_.violate(13, describe(at) + " calls " + describe(position) + " committed, which is not");
}

void Oracle::write_acknowledged(const Command& command, Index index, uint64_t previous, Index floor_at_begin) {
  if (index > last_committed() || !committed_[index.value].entry) return judge_.violate(14, "acknowledged but not committed: " + describe(index));
  const Committed& known = committed_[index.value];
  const auto entry = decode_command(known.entry->payload);
  if (!entry || entry->client != command.client || entry->sequence != command.sequence)
    return judge_.violate(14, "another command is committed at the acknowledged index " + describe(index));
  if (previous != known.previous) judge_.violate(16, "the result at " + describe(index) + " is another one on replay");
  if (index <= floor_at_begin) judge_.violate(16, "a write took effect at " + describe(index) + ", before it began");
  floor_ = std::max(floor_, index);
}

uint64_t Oracle::value_at(uint64_t key, Index state) const {
  const auto found = history_.find(key);
  if (found == history_.end()) return 0;
  const auto later = std::upper_bound(found->second.begin(), found->second.end(), state,
                                      [](Index index, const auto& change) { return index < change.first; });
  return later == found->second.begin() ? 0 : std::prev(later)->second;
}

void Oracle::read_answered(uint64_t key, uint64_t value, Index state, Index floor_at_begin) {
  if (state < floor_at_begin)
    judge_.violate(15, "a read saw state " + describe(state) + ", but " + describe(floor_at_begin) + " was known before it began");
  if (value != value_at(key, state)) judge_.violate(16, "a read at state " + describe(state) + " saw another value");
  floor_ = std::max(floor_, state);
}

void Oracle::configuration_appended(NodeId at, Index index, const Configuration& next, const Configuration& before) {
  if (!quorums_meet(before, next))
    judge_.violate(10, describe(at) + " goes from " + describe(before) + " to " + describe(next) + " at " + describe(index));
}

void Oracle::configuration_committed(Index index, const Configuration& before) {
  for (const auto& [id, member] : machine_.configuration()->members) {
    if (before.members.contains(id) && before.members.at(id).session == member.session) continue;
    if (member.session.value > index.value) judge_.violate(10, describe(id) + " has a session from the future at " + describe(index));
    Session& newest = sessions_[id];
    if (member.session <= newest) judge_.violate(10, describe(id) + " got an old session again at " + describe(index));
    newest = std::max(newest, member.session);
  }
}

}  // namespace bao::raft::sim
