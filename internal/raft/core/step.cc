// The rules of terms (paper 5.1) that every message meets first.
#include "internal/raft/core/state.h"

namespace bao::raft {
namespace {

template <typename... F>
struct Overloaded : F... { using F::operator()...; };
template <typename... F>
Overloaded(F...) -> Overloaded<F...>;

bool is_from_leader(const Message& message) {
  return std::holds_alternative<Append>(message) || std::holds_alternative<Heartbeat>(message) ||
         std::holds_alternative<SnapshotOffer>(message);
}

}  // namespace

void Node::State::step(const Envelope& envelope) {
  if (!addressed_here(envelope)) return;
  // Neither names the sender's own term: they ask and grant one that nobody has yet.
  if (const auto* pre_vote = std::get_if<PreVote>(&envelope.message)) return on_pre_vote(envelope, *pre_vote);
  const auto* reply = std::get_if<PreVoteReply>(&envelope.message);
  if (reply != nullptr && reply->granted) return on_pre_vote_reply(envelope, *reply);

  if (envelope.term > term_ && !meet_newer_term(envelope)) return;
  if (envelope.term < term_) return answer_older_term(envelope);
  dispatch(envelope);
}

bool Node::State::addressed_here(const Envelope& envelope) const {
  return envelope.group == options_.group && envelope.to == options_.id && envelope.from != options_.id &&
         envelope.from != kNobody;
}

// False: the message is not to be looked at further.
bool Node::State::meet_newer_term(const Envelope& envelope) {
  const auto* vote = std::get_if<Vote>(&envelope.message);
  if (vote != nullptr && !vote->transfer && leader_is_alive(envelope.from)) {
    trace("vote_ignored", envelope.from, "a leader is alive");
    return false;
  }
  become_follower(envelope.term, is_from_leader(envelope.message) ? envelope.from : kNobody, "newer term");
  return true;
}

// A laggard learns the newer term from the refusal; answers to what was asked in an older term mean nothing any more.
void Node::State::answer_older_term(const Envelope& envelope) {
  const NodeId to = envelope.from;
  if (PLANTED(22)) return;  // rejection without term
  std::visit(Overloaded{
                 [&](const Vote&) { send_when_durable(to, VoteReply{false}); },
                 [&](const Append& append) {
                   send_when_durable(to, AppendReply{append.session, false, {}, append.previous.index, {}, log_.last_index()});
                 },
                 [&](const Heartbeat& heartbeat) {
                   // No round: it would count for the rounds of the sender's next reign, if it leads again in this newer term.
                   send_when_durable(to, HeartbeatReply{heartbeat.session, 0, apply_.applied});
                 },
                 [&](const SnapshotOffer& offer) {
                   send_when_durable(to, AppendReply{offer.session, false, {}, {}, {}, log_.last_index()});
                 },
                 [&](const ReadRequest& request) { send_when_durable(to, ReadReply{request.id, false, {}}); },
                 [&](const PreVoteReply& reply) { on_pre_vote_reply(envelope, reply); },
                 [&](const HeartbeatReply& reply) {
                   if (PLANTED(11)) on_heartbeat_reply(envelope, reply);  // read round number reused after re-election
                 },
                 [](const auto&) {},
             },
             envelope.message);
}

void Node::State::dispatch(const Envelope& envelope) {
  std::visit(Overloaded{
                 [](const PreVote&) {},
                 [&](const PreVoteReply& m) { on_pre_vote_reply(envelope, m); },
                 [&](const Vote& m) { on_vote(envelope, m); },
                 [&](const VoteReply& m) { on_vote_reply(envelope, m); },
                 [&](const Append& m) { on_append(envelope, m); },
                 [&](const AppendReply& m) { on_append_reply(envelope, m); },
                 [&](const Heartbeat& m) { on_heartbeat(envelope, m); },
                 [&](const HeartbeatReply& m) { on_heartbeat_reply(envelope, m); },
                 [&](const TimeoutNow&) { on_timeout_now(envelope); },
                 [&](const ReadRequest& m) { on_read_request(envelope, m); },
                 [&](const ReadReply& m) { on_read_reply(envelope, m); },
                 [&](const SnapshotOffer& m) { on_snapshot_offer(envelope, m); },
             },
             envelope.message);
}

}  // namespace bao::raft
