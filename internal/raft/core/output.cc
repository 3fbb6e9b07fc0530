// The Output, and what is given to the state machine.
#include <algorithm>

#include "internal/base/ensure.h"
#include "internal/raft/core/state.h"

namespace bao::raft {

bool Output::empty() const {
  return send_now.empty() && !append && apply.empty() && loads.empty() && snapshots.empty() && !install && reads.empty() &&
         fates.empty() && !role && trace.empty() && !stop;
}

Output Node::State::take_output() {
  if (stop_) {
    // Nothing that was meant to be done is done any more.
    Output last;
    last.trace = std::move(output_.trace);
    last.stop = stop_;
    output_ = {};
    return last;
  }
  if (auto* leading = leader()) replicate(*leading);
  hand_applies();
  output_.append = persistence_.take(log_, {term_, vote_, commit_}, health_ != StorageHealth::full);
  const RoleChange now{role(), term_, leader_id()};
  if (!shown_ || shown_->role != now.role || shown_->term != now.term || shown_->leader != now.leader) {
    output_.role = shown_ = now;
  }
  return std::exchange(output_, {});
}

// Committed and durable here: what the state machine holds is never more than the own log holds.
void Node::State::hand_applies() {
  const Index limit = std::min(commit_, persistence_.durable());
  while (!installation_ && apply_.handed < limit) {
    const Entries entries = next_to_apply(limit);
    if (entries.empty()) return;
    ENSURE(entries.front()->index == apply_.handed + 1, "entries are applied in order");
    size_t bytes = 0;
    for (const EntryPtr& entry : entries) bytes += entry_bytes(*entry);
    // A single entry may be larger than all that is allowed; it goes alone.
    if (!apply_.outstanding.empty() && apply_.outstanding_bytes + bytes > options_.limits.apply_bytes_max) {
      if (entries.front()->index < log_.first_cached()) apply_.loaded = entries;
      return;
    }
    apply_.handed = entries.back()->index;
    apply_.outstanding.push_back({apply_.handed, bytes});
    apply_.outstanding_bytes += bytes;
    output_.apply.insert(output_.apply.end(), entries.begin(), entries.end());
  }
}

Entries Node::State::next_to_apply(Index limit) {
  Entries entries = log_.slice(apply_.handed + 1, limit, options_.limits.apply_bytes_max);
  if (!entries.empty()) return entries;
  entries = std::exchange(apply_.loaded, {});
  if (!entries.empty() && entries.front()->index == apply_.handed + 1) return entries;
  if (!apply_.load_ticket) {
    apply_.load_ticket = next_ticket_++;
    const Index last = std::min(limit, log_.first_cached() - 1);
    output_.loads.push_back({*apply_.load_ticket, apply_.handed + 1, last, options_.limits.apply_bytes_max});
  }
  return {};
}

void Node::State::on_applied(Index applied) {
  if (applied <= apply_.applied) return;
  ENSURE(applied <= apply_.handed, "only what was given is applied");
  apply_.applied = applied;
  while (!apply_.outstanding.empty() && apply_.outstanding.front().end <= applied) {
    apply_.outstanding_bytes -= apply_.outstanding.front().bytes;
    apply_.outstanding.pop_front();
  }
}

View Node::State::view() const {
  View view{role(), term_, leader_id(), vote_, log_.last(), persistence_.durable(), commit_, apply_.applied, log_.start(),
            false, term_committed(), 0, &configuration(), configurations_.current_index(), {}};
  const Leader* leading = leader();
  if (leading == nullptr) return view;
  view.transferring = leading->transfer.has_value();
  view.uncommitted_bytes = leading->uncommitted.total;
  for (const auto& [id, peer] : leading->peers) {
    view.peers.push_back({id, peer.session(), peer.match(), peer.next(), peer.applied, peer.state(),
                          peer.ticks_since_contact < options_.election_ticks, peer.ticks_since_contact});
  }
  return view;
}

}  // namespace bao::raft
