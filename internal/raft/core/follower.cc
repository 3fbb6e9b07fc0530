// A follower: listens to its leader, answers votes (paper 5.2, 5.4.1; thesis 4.2.3, 9.6).
#include "internal/raft/core/state.h"

#include <algorithm>

#include "internal/base/ensure.h"

namespace bao::raft {

void Node::State::become_follower(Term term, NodeId leader_now, std::string_view why) {
  ENSURE(term >= term_, "terms never fall");
  leave_role(ReadRefusal::leadership_lost);
  if (term > term_) {
    term_ = term;
    vote_ = kNobody;
    persistence_.hard_changed();
  }
  role_ = Follower{leader_now, {}};
  restart_election_timer();
  trace("become_follower", leader_now, std::string(why));
}

// Nobody who waits is forgotten: reads are refused, whoever asked.
void Node::State::leave_role(ReadRefusal refusal) {
  if (auto* follower = std::get_if<Follower>(&role_)) {
    for (const auto& [id, read] : std::exchange(follower->reads, {})) {
      output_.reads.push_back({read.cookie, {}, refusal});
    }
  } else if (auto* leading = leader()) {
    for (const ReadAsker& asker : leading->reads.drain()) answer_read(asker, {}, refusal);
  }
}

void Node::State::tick_follower(Follower& follower) {
  for (auto read = follower.reads.begin(); read != follower.reads.end();) {
    if (++read->second.ticks < options_.election_ticks) {
      ++read;
      continue;
    }
    output_.reads.push_back({read->second.cookie, {}, ReadRefusal::no_leader});
    read = follower.reads.erase(read);
  }
}

// Leader stickiness: while a leader is heard, nobody else is voted for. Its own question means that it gave up.
bool Node::State::leader_is_alive(NodeId asker) const {
  if (leader() != nullptr) return true;
  const auto* follower = std::get_if<Follower>(&role_);
  return follower != nullptr && follower->leader != kNobody && follower->leader != asker &&
         ticks_since_leader_ < options_.election_ticks;
}

// Whoever sends entries or heartbeats in this term leads it, and nobody else may.
bool Node::State::hear_leader(NodeId from) {
  if (led_term_ == term_) {
    halt("node " + std::to_string(from.value) + " leads term " + std::to_string(term_.value) + ", which this node led");
    return false;
  }
  if (std::holds_alternative<Candidate>(role_)) become_follower(term_, from, "another one won");
  auto& follower = std::get<Follower>(role_);
  if (follower.leader == kNobody) {
    follower.leader = from;
    trace("follow", from);
  }
  if (follower.leader != from) {
    halt("two leaders of term " + std::to_string(term_.value) + ": nodes " + std::to_string(follower.leader.value) +
         " and " + std::to_string(from.value));
    return false;
  }
  ticks_since_leader_ = 0;
  election_elapsed_ = 0;
  return true;
}

void Node::State::on_pre_vote(const Envelope& envelope, const PreVote& pre_vote) {
  const bool alive = leader_is_alive(envelope.from);
  if (envelope.term > term_ && !alive && log_is_as_new(pre_vote.last)) {
    trace("grant_pre_vote", envelope.from);
    return send_now(envelope.from, envelope.term, PreVoteReply{true});
  }
  // The asker is in the term before the one it asks for.
  if (envelope.term.value > term_.value + 1 && !alive) {
    become_follower(Term{envelope.term.value - 1}, kNobody, "newer term");
  }
  trace("refuse_pre_vote", envelope.from);
  if (PLANTED(22)) return;  // rejection without term
  send_when_durable(envelope.from, PreVoteReply{false});
}

void Node::State::on_vote(const Envelope& envelope, const Vote& vote) {
  const bool free = vote_ == envelope.from || (vote_ == kNobody && leader_id() == kNobody);
  if (!free || !log_is_as_new(vote.last)) {
    trace("refuse_vote", envelope.from);
    return send_when_durable(envelope.from, VoteReply{false});
  }
  ENSURE(leader() == nullptr, "a leader voted for itself");
  if (vote_ != envelope.from) {
    vote_ = envelope.from;
    persistence_.hard_changed();
  }
  election_elapsed_ = 0;
  trace("grant_vote", envelope.from);
  send_when_durable(envelope.from, VoteReply{true});
}

void Node::State::on_heartbeat(const Envelope& envelope, const Heartbeat& heartbeat) {
  if (!hear_leader(envelope.from)) return;
  // The leader names only what this node said it has durably.
  if (heartbeat.commit > log_.last_index()) {
    return halt("the log ends at " + std::to_string(log_.last_index().value) + ", yet this node acknowledged " +
                std::to_string(heartbeat.commit.value));
  }
  advance_commit(heartbeat.commit);
  if (heartbeat.news) return;
  send_when_durable(envelope.from, HeartbeatReply{heartbeat.session, heartbeat.round, apply_.applied});
}

void Node::State::on_timeout_now(const Envelope& envelope) {
  if (leader_id() != envelope.from || !may_campaign()) return trace("timeout_now_ignored", envelope.from);
  become_candidate(true);
}

}  // namespace bao::raft
