// Entries from the leader (paper 5.3).
#include <algorithm>

#include "internal/base/ensure.h"
#include "internal/raft/core/state.h"

namespace bao::raft {

void Node::State::on_append(const Envelope& envelope, const Append& append) {
  if (!hear_leader(envelope.from)) return;
  if (!append_is_well_formed(envelope, append)) return trace("append_malformed", envelope.from);
  if (health_ == StorageHealth::full && !append.entries.empty()) return trace("append_withheld", envelope.from);
  if (!previous_fits(append)) return refuse_append(envelope, append);
  take_entries(append);
  if (stopped()) return;
  const Index end = append.previous.index + append.entries.size();
  if (PLANTED(8) && end >= commit_ && end < log_.last_index()) truncate_log(end + 1, *log_.chain_at(end));  // truncation without conflict
  advance_commit(std::min(append.commit, end));
  // Nothing but this very append is acknowledged: what lies behind it may not be the leader's.
  const Index match = PLANTED(7) ? log_.last_index() : end;  // ack names own last index
  send_when_durable(envelope.from, AppendReply{append.session, true, match, {}, {}, log_.last_index()}, end);
}

// What the sender's core would never send was damaged on the way, or the sender is another program.
bool Node::State::append_is_well_formed(const Envelope& envelope, const Append& append) const {
  Position before = append.previous;
  Chain chain = append.previous_chain;
  for (const EntryPtr& entry : append.entries) {
    if (entry == nullptr || entry->index != before.index + 1 || entry->term < before.term) return false;
    if (options_.chain(chain, *entry) != entry->chain) return false;
    before = {entry->index, entry->term};
    chain = entry->chain;
  }
  return before.term <= envelope.term;
}

bool Node::State::previous_fits(const Append& append) {
  const Position& previous = append.previous;
  // Below the start everything is committed, so the leader has the same.
  if (previous.index < log_.start().position.index) return true;
  if (!log_.contains(previous)) return false;
  const auto chain = log_.chain_at(previous.index);
  if (chain && *chain != append.previous_chain) {
    halt("the logs differ at or before index " + std::to_string(previous.index.value) + ", although its term is the same");
  }
  return true;
}

void Node::State::refuse_append(const Envelope& envelope, const Append& append) {
  if (append.previous.index <= commit_) {
    return halt("the leader's entry " + std::to_string(append.previous.index.value) + " is not the one committed here");
  }
  // What would fit is on its way: an answer now would only bring another snapshot.
  if (installation_) return;
  const Position hint = log_.last_with_term_at_most(append.previous.index, append.previous.term);
  trace("refuse_append", envelope.from);
  send_when_durable(envelope.from,
                    AppendReply{append.session, false, {}, append.previous.index, hint, log_.last_index()});
}

void Node::State::take_entries(const Append& append) {
  const Position last = log_.last();
  Chain before = append.previous_chain;
  for (const EntryPtr& entry : append.entries) {
    if (stopped() || !take_entry(entry, before)) return;
    before = entry->chain;
  }
  if (log_.last() != last) trace("append");
}

// False: the group stopped.
bool Node::State::take_entry(const EntryPtr& entry, const Chain& chain_before) {
  const Index index = entry->index;
  if (index < log_.start().position.index) return true;
  if (index <= log_.last_index()) {
    if (log_.term_at(index) == entry->term) {
      const auto chain = log_.chain_at(index);
      if (!chain || *chain == entry->chain) return true;
      halt("two entries of one term at index " + std::to_string(index.value));
      return false;
    }
    if (PLANTED(9)) return true;  // no truncation on conflict
    if (index <= commit_) {
      halt("the leader would replace the committed entry " + std::to_string(index.value));
      return false;
    }
    truncate_log(index, chain_before);
  }
  log_.append(entry);
  if (entry->kind != EntryKind::configuration) return true;
  auto decoded = decode_configuration(entry->payload);
  if (!decoded.ok()) {
    halt(decoded.error().message());
    return false;
  }
  configurations_.append(index, *std::move(decoded));
  configuration_changed("appended");
  return true;
}

}  // namespace bao::raft
