// Elections (paper 5.2), asked beforehand (thesis 9.6).
#include "internal/base/ensure.h"
#include "internal/raft/core/quorum.h"
#include "internal/raft/core/state.h"

namespace bao::raft {

void Node::State::campaign() {
  if (leader() == nullptr && may_campaign()) become_pre_candidate();
}

// While the log is on its way to the disk its end is not well defined, and a node whose disk does not answer must not lead.
// Who is removed by a change that is not known to be committed still campaigns: its log may be the newest, and then nobody
// else can win until it has brought the change to an end (thesis 4.2.2).
bool Node::State::may_campaign() const {
  const bool voter = configuration().votes(options_.id) || configurations_.at(commit_).votes(options_.id);
  return voter && health_ == StorageHealth::good && !installation_ &&
         !persistence_.log_busy(log_.last_index());
}

void Node::State::become_pre_candidate() {
  leave_role(ReadRefusal::no_leader);
  role_ = Candidate{};
  restart_election_timer();
  trace("become_pre_candidate");
  ask_voters(std::get<Candidate>(role_));
  count_answer(options_.id, true);
}

void Node::State::become_candidate(bool transfer) {
  leave_role(ReadRefusal::no_leader);
  term_ = Term{term_.value + 1};
  vote_ = options_.id;
  persistence_.hard_changed();
  role_ = Candidate{Candidate::Phase::real, transfer, {}};
  restart_election_timer();
  trace("become_candidate");
  ask_voters(std::get<Candidate>(role_));
}

void Node::State::ask_voters(const Candidate& candidate) {
  std::set<NodeId> voters = configuration().voters;
  voters.insert(configuration().outgoing.begin(), configuration().outgoing.end());
  voters.erase(options_.id);
  for (NodeId id : voters) {
    if (candidate.phase == Candidate::Phase::pre) {
      send_now(id, Term{term_.value + 1}, PreVote{log_.last()});
    } else if (PLANTED(1)) {  // vote request leaves before term and vote are durable
      send_now(id, term_, Vote{log_.last(), candidate.transfer});
    } else {
      send_after(id, Vote{log_.last(), candidate.transfer});
    }
  }
}

void Node::State::on_pre_vote_reply(const Envelope& envelope, const PreVoteReply& reply) {
  const auto* candidate = std::get_if<Candidate>(&role_);
  if (candidate == nullptr || candidate->phase != Candidate::Phase::pre) return;
  if (reply.granted && envelope.term.value != term_.value + 1) return;
  count_answer(envelope.from, reply.granted);
}

void Node::State::on_vote_reply(const Envelope& envelope, const VoteReply& reply) {
  const auto* candidate = std::get_if<Candidate>(&role_);
  if (candidate == nullptr || candidate->phase != Candidate::Phase::real) return;
  count_answer(envelope.from, reply.granted);
}

void Node::State::count_answer(NodeId from, bool granted) {
  auto& candidate = std::get<Candidate>(role_);
  candidate.answers[from] |= granted;
  switch (vote_outcome(configuration(), candidate.answers)) {
    case VoteOutcome::pending: return;
    case VoteOutcome::lost: return become_follower(term_, kNobody, "lost");
    case VoteOutcome::won: break;
  }
  if (candidate.phase == Candidate::Phase::real) return become_leader();
  become_candidate(false);
}

// The own vote is one like the others: it counts when it is durable.
void Node::State::count_own_vote() {
  const auto* candidate = std::get_if<Candidate>(&role_);
  if (candidate == nullptr || candidate->phase != Candidate::Phase::real) return;
  const HardState& durable = persistence_.durable_hard();
  if (durable.term == term_ && durable.vote == options_.id) count_answer(options_.id, true);
}

}  // namespace bao::raft
