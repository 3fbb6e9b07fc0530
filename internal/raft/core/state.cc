// What all roles share.
#include "internal/raft/core/state.h"

#include <algorithm>

#include "internal/base/ensure.h"

namespace bao::raft {

Node::State::State(const Options& options, Recovered recovered)
    : options_(options), random_(options.seed), term_(recovered.hard.term), vote_(recovered.hard.vote),
      log_(recovered.start, std::move(recovered.runs), recovered.last, recovered.tail, options.limits.cache_bytes_max),
      configurations_(std::move(recovered.configurations)), commit_(std::max(recovered.hard.commit, recovered.applied)),
      persistence_(recovered.hard, recovered.last), next_read_id_(random_.next_u64()) {
  if (PLANTED(5)) vote_ = kNobody;  // vote forgotten on restart
  apply_.applied = apply_.handed = recovered.applied;
  restart_election_timer();
  // A node that starts forgot whom it heard: it waits longer for a leader before it disturbs.
  election_timeout_ *= 2;
  trace("start");
}

Role Node::State::role() const {
  if (std::holds_alternative<Leader>(role_)) return Role::leader;
  const auto* candidate = std::get_if<Candidate>(&role_);
  if (candidate == nullptr) return Role::follower;
  return candidate->phase == Candidate::Phase::pre ? Role::pre_candidate : Role::candidate;
}

NodeId Node::State::leader_id() const {
  if (leader() != nullptr) return options_.id;
  const auto* follower = std::get_if<Follower>(&role_);
  return follower == nullptr ? kNobody : follower->leader;
}

bool Node::State::log_is_as_new(const Position& last) const {
  const Position own = log_.last();
  return last.term > own.term || (last.term == own.term && last.index >= own.index);
}

void Node::State::restart_election_timer() {
  election_elapsed_ = 0;
  election_timeout_ = options_.election_ticks + static_cast<int>(random_.below(static_cast<uint32_t>(options_.election_ticks)));
}

void Node::State::tick() {
  ++ticks_since_leader_;
  if (auto* leading = leader()) return tick_leader(*leading);
  if (auto* follower = std::get_if<Follower>(&role_)) tick_follower(*follower);
  // While it may not campaign the timeout stays due: the campaign starts as soon as it may.
  if (++election_elapsed_ >= election_timeout_ && may_campaign()) become_pre_candidate();
}

void Node::State::send_now(NodeId to, Term term, Message message) {
  output_.send_now.push_back({options_.group, options_.id, to, term, std::move(message)});
}

void Node::State::send_after(NodeId to, Message message) {
  persistence_.send_after({options_.group, options_.id, to, term_, std::move(message)});
}

void Node::State::send_when_durable(NodeId to, Message message, Index rests_on) {
  const HardState& durable = persistence_.durable_hard();
  const bool hard = durable.term == term_ && durable.vote == vote_;
  if (hard && persistence_.durable() >= rests_on) return send_now(to, term_, std::move(message));
  if (PLANTED(3) && hard) return send_now(to, term_, std::move(message));  // append acked before fsync
  send_after(to, std::move(message));
}

void Node::State::advance_commit(Index to) {
  to = std::min(to, log_.last_index());
  if (to <= commit_) return;
  commit_ = to;
  proposals_.committed(log_, commit_, &output_.fates);
  trace("commit");
  if (leader() != nullptr) after_own_commit();
}

void Node::State::truncate_log(Index first, const Chain& chain) {
  ENSURE(first > commit_, "what is committed is never cut");
  ENSURE(leader() == nullptr, "a leader only appends");
  log_.truncate_from(first, chain);
  persistence_.truncated(first);
  trace("truncate");
  if (configurations_.current_index() < first) return;
  configurations_.truncate_from(first);
  configuration_changed("rolled back");
}

void Node::State::trace(std::string_view event, NodeId peer, std::string detail) {
  output_.trace.push_back({event, term_, role(), log_.last(), commit_, apply_.applied, peer, std::move(detail)});
}

void Node::State::halt(std::string why) {
  if (stop_) return;
  stop_ = std::move(why);
  trace("stop", kNobody, *stop_);
}

}  // namespace bao::raft
