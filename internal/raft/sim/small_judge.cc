#include "internal/raft/sim/small_judge.h"

#include <algorithm>
#include <cstring>

#include "internal/raft/sim/network.h"
#include "internal/raft/sim/trace.h"

namespace bao::raft::sim {
namespace {

constexpr size_t kQuorum = 2;

uint64_t bits_of(const Chain& chain) {
  uint64_t bits;
  std::memcpy(&bits, chain.data(), sizeof bits);
  return bits;
}

class Turn {
 public:
  Turn(const SmallTurn& turn, const SmallDisks& disks, SmallHistory& history, Judge& judge)
      : turn_(turn), disks_(disks), history_(history), judge_(judge) {}

  void judge() {
    if (turn_.out.stop) violate(0, "stops: " + *turn_.out.stop);
    log();
    election();
    commit();
    view();
  }

 private:
  bool leads() const { return turn_.now.role == Role::leader; }
  bool led() const { return turn_.before.role == Role::leader && turn_.before.term == turn_.now.term; }
  void violate(int invariant, const std::string& text) { judge_.violate(invariant, describe(turn_.node) + ": " + text); }

  void log() {
    const LogImage& held = turn_.disk.held;
    if (leads() && led() && !keeps(held, turn_.held_before.last())) violate(2, "a leader changes its own log");
    if (!keeps(held, turn_.before.commit)) violate(4, "cuts committed entries up to " + describe(turn_.before.commit));
    for (const SmallDisk* other : disks_) {
      if (other != &turn_.disk) match(held, other->held);
    }
  }
  bool keeps(const LogImage& held, Index index) const {
    const Chain *was = turn_.held_before.chain_at(index), *is = held.chain_at(index);
    return was == nullptr || (is != nullptr && *was == *is);
  }
  void match(const LogImage& a, const LogImage& b) {
    for (const EntryPtr& entry : a.entries) {
      const Entry* other = b.find(entry->index);
      if (other != nullptr && other->term == entry->term && other->chain != entry->chain)
        return violate(3, "another entry at " + describe({entry->index, entry->term}) + " than somebody else has");
    }
  }

  void election() {
    if (!leads() || led()) return;
    const auto [found, fresh] = history_.leaders.emplace(turn_.now.term, turn_.node);
    if (!fresh) violate(1, "leads term " + std::to_string(turn_.now.term.value) + " as " + describe(found->second) + " did");
    for (const SmallHistory::Committed& committed : history_.committed) {
      if (committed.by < turn_.now.term && !has(turn_.disk.held, committed))
        return violate(4, "leads term " + std::to_string(turn_.now.term.value) + " without the committed entry " + describe(committed.index));
    }
  }
  static bool has(const LogImage& log, const SmallHistory::Committed& committed) {
    const Chain* chain = log.chain_at(committed.index);
    return chain != nullptr && *chain == committed.chain;
  }

  void commit() {
    if (turn_.now.commit < turn_.before.commit) violate(4, "its commit index goes back");
    bool news = false;
    for (Index index = turn_.before.commit + 1; index <= turn_.now.commit; ++index.value) {
      const auto known = std::ranges::find(history_.committed, index, &SmallHistory::Committed::index);
      if (known == history_.committed.end()) {
        news = true;
        if (!commit_first(index)) return;
      } else if (!has(turn_.disk.held, *known)) {
        return violate(4, "takes another entry for the committed one at " + describe(index));
      }
    }
    const Entry* last = turn_.disk.held.find(turn_.now.commit);
    if (news && last != nullptr && last->term != (leads() ? turn_.now.term : turn_.before.term))
      violate(6, "commits " + describe(turn_.now.commit) + " of an earlier term by counting");
  }
  bool commit_first(Index index) {
    const Entry* entry = turn_.disk.held.find(index);
    if (entry == nullptr || (!leads() && turn_.before.role != Role::leader)) {
      violate(6, "is the first to commit " + describe(index) + ", and no leader that has it");
      return false;
    }
    const auto durable = std::ranges::count_if(disks_, [&](const SmallDisk* disk) {
      const Chain* chain = disk->durable.chain_at(index);
      return chain != nullptr && *chain == entry->chain;
    });
    if (static_cast<size_t>(durable) < kQuorum) violate(6, "commits " + describe(index) + ", which is not durable on a quorum");
    history_.committed.push_back({index, entry->chain, leads() ? turn_.now.term : turn_.before.term});
    return true;
  }

  void view() {
    const View &before = turn_.before, &now = turn_.now;
    if (now.term < before.term) violate(7, "its term goes back");
    if (now.term == before.term && before.vote != kNobody && now.vote != before.vote) violate(7, "its vote changes within a term");
    if (now.applied > now.commit || now.applied > now.durable || now.durable > turn_.disk.durable.last())
      violate(8, "applied " + describe(now.applied) + ", durable " + describe(now.durable) + ", on disk " + describe(turn_.disk.durable.last()));
  }

  const SmallTurn& turn_;
  const SmallDisks& disks_;
  SmallHistory& history_;
  Judge& judge_;
};

}  // namespace

uint64_t SmallHistory::fingerprint() const {
  uint64_t sum = committed.size();
  for (const Committed& one : committed) sum = mix(sum, mix(bits_of(one.chain), one.by.value));
  for (const auto& [term, leader] : leaders) sum = mix(sum, mix(term.value, leader.value));
  for (const auto& [ballot, candidate] : votes) sum = mix(sum, mix(mix(ballot.first.value, ballot.second.value), candidate.value));
  return sum;
}

void judge_turn(const SmallTurn& turn, const SmallDisks& disks, SmallHistory& history, Judge& judge) {
  Turn(turn, disks, history, judge).judge();
}

void judge_message(const Envelope& envelope, const SmallDisk& sender, const LogImage* leads, SmallHistory& history, Judge& judge) {
  if (const auto missing = missing_promise(sender.durable.hard, sender.durable.last(), envelope); !missing.empty())
    judge.violate(17, missing + ": " + describe(envelope));
  const auto* answer = std::get_if<AppendReply>(&envelope.message);
  if (answer != nullptr && answer->accepted && leads != nullptr) {
    const Chain *here = sender.durable.chain_at(answer->match), *there = leads->chain_at(answer->match);
    if (there == nullptr || (here != nullptr && *here != *there)) judge.violate(11, "acknowledges another entry than the leader's: " + describe(envelope));
  }
  NodeId candidate = kNobody;
  if (std::holds_alternative<Vote>(envelope.message)) candidate = envelope.from;
  if (const auto* vote = std::get_if<VoteReply>(&envelope.message); vote != nullptr && vote->granted) candidate = envelope.to;
  if (candidate == kNobody) return;
  const auto [found, fresh] = history.votes.emplace(std::pair{envelope.from, envelope.term}, candidate);
  if (!fresh && found->second != candidate)
    judge.violate(7, describe(envelope.from) + " votes in term " + std::to_string(envelope.term.value) + " for " + describe(candidate) + " and for " + describe(found->second));
}

void judge_restart(NodeId node, const HardState& promised, const View& now, Judge& judge) {
  if (now.term < promised.term) judge.violate(7, describe(node) + ": its term went back over a restart");
  if (now.term == promised.term && promised.vote != kNobody && now.vote != promised.vote)
    judge.violate(7, describe(node) + ": its vote changed over a restart");
}

}  // namespace bao::raft::sim
