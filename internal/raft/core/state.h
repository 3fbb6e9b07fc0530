// The inside of a Node: what every role shares, and one function per input, message and transition. The files of this
// folder each hold one part of it; the groups below name them. Owned by one thread, as Node.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "internal/raft/core/apply_queue.h"
#include "internal/raft/core/log_view.h"
#include "internal/raft/core/node.h"
#include "internal/raft/core/persistence.h"
#include "internal/raft/core/planted_bug.h"
#include "internal/raft/core/proposals.h"
#include "internal/raft/core/random.h"
#include "internal/raft/core/roles.h"

namespace bao::raft {

class Node::State {
 public:
  State(const Options& options, Recovered recovered);

  // The inputs of Node.
  void tick();
  void step(const Envelope& envelope);                                               // step.cc
  base::Result<Position> propose(std::span<const std::string> payloads);             // leader.cc
  base::Result<Position> propose_configuration(const ConfigurationChange& change);   // membership.cc
  void read_index(uint64_t cookie);                                                  // linearizable_read.cc
  base::Status transfer_leadership(std::optional<NodeId> target);                    // transfer.cc
  void campaign();                                                                   // candidate.cc
  void on_append_done(AppendSequence sequence);                                      // storage.cc
  void on_append_failed(AppendSequence sequence);
  void on_storage_health(StorageHealth health);
  void on_compacted(const LogStart& start);
  void on_applied(Index applied);                                                    // output.cc
  void on_loaded(uint64_t ticket, Entries entries);                                  // replication.cc
  void on_peer_unreachable(NodeId peer);
  void on_snapshot_ready(NodeId to, Session session, const SnapshotMeta& meta);      // snapshot.cc
  void on_snapshot_sent(NodeId to, Session session, SnapshotOutcome outcome);
  void on_snapshot_installed(const SnapshotMeta& meta);
  void on_snapshot_refused(const SnapshotMeta& meta);

  Output take_output();                                                              // output.cc
  View view() const;
  void check_after_input() const;                                                    // invariants.cc
  void check_invariants() const;
  uint64_t fingerprint() const;                                                      // fingerprint.cc
  bool stopped() const { return stop_.has_value(); }
  Term term() const { return term_; }

 private:
  struct Installation {
    NodeId from;
    Session session;
    SnapshotMeta meta;
  };

  // -- step.cc: the rules of terms, before any message is looked at
  bool addressed_here(const Envelope& envelope) const;
  bool meet_newer_term(const Envelope& envelope);
  void answer_older_term(const Envelope& envelope);
  void dispatch(const Envelope& envelope);

  // -- state.cc: roles, the log's end, what leaves
  Role role() const;
  NodeId leader_id() const;
  Leader* leader() { return std::get_if<Leader>(&role_); }
  const Leader* leader() const { return std::get_if<Leader>(&role_); }
  const Configuration& configuration() const { return configurations_.current(); }
  bool log_is_as_new(const Position& last) const;
  void restart_election_timer();
  void send_now(NodeId to, Term term, Message message);
  void send_after(NodeId to, Message message);
  // Leaves now when term and vote (and the log up to `rests_on`) are durable, otherwise after the next batch.
  void send_when_durable(NodeId to, Message message, Index rests_on = {});
  void advance_commit(Index to);
  void truncate_log(Index first, const Chain& chain);
  void trace(std::string_view event, NodeId peer = kNobody, std::string detail = {});
  // The group stops here: what was seen cannot be.
  void halt(std::string why);

  // -- follower.cc
  void become_follower(Term term, NodeId leader, std::string_view why);
  void leave_role(ReadRefusal refusal);
  void tick_follower(Follower& follower);
  bool leader_is_alive(NodeId asker) const;
  bool hear_leader(NodeId from);
  void on_vote(const Envelope& envelope, const Vote& vote);
  void on_pre_vote(const Envelope& envelope, const PreVote& pre_vote);
  void on_heartbeat(const Envelope& envelope, const Heartbeat& heartbeat);
  void on_timeout_now(const Envelope& envelope);

  // -- append.cc: entries of the leader
  void on_append(const Envelope& envelope, const Append& append);
  bool append_is_well_formed(const Envelope& envelope, const Append& append) const;
  bool previous_fits(const Append& append);
  void refuse_append(const Envelope& envelope, const Append& append);
  void take_entries(const Append& append);
  bool take_entry(const EntryPtr& entry, const Chain& chain_before);

  // -- candidate.cc
  bool may_campaign() const;
  void become_pre_candidate();
  void become_candidate(bool transfer);
  void ask_voters(const Candidate& candidate);
  void on_vote_reply(const Envelope& envelope, const VoteReply& reply);
  void on_pre_vote_reply(const Envelope& envelope, const PreVoteReply& reply);
  void count_answer(NodeId from, bool granted);
  void count_own_vote();

  // -- leader.cc
  void become_leader();
  void tick_leader(Leader& leader);
  bool hears_quorum(const Leader& leader) const;
  Position append_own(EntryKind kind, std::string payload);
  void maybe_commit();
  void after_own_commit();
  void hand_over(std::string_view why);
  bool term_committed() const;

  // -- replication.cc: the leader feeds its peers
  void replicate(Leader& leader);
  void replicate_to(NodeId id, Progress& peer);
  bool send_append(NodeId id, Progress& peer);
  bool find_chain(NodeId id, Progress& peer, Index index, Chain* chain);
  Entries find_entries(NodeId id, Progress& peer);
  void request_load(NodeId id, Progress& peer, Index first);
  void send_heartbeat(NodeId id, Progress& peer, bool news);
  void broadcast_heartbeat(Leader& leader);
  Progress* peer_of(NodeId id, Session session);
  void on_append_reply(const Envelope& envelope, const AppendReply& reply);
  void on_heartbeat_reply(const Envelope& envelope, const HeartbeatReply& reply);
  Index place_to_try(const AppendReply& reply) const;

  // -- linearizable_read.cc
  void on_read_request(const Envelope& envelope, const ReadRequest& request);
  void on_read_reply(const Envelope& envelope, const ReadReply& reply);
  void accept_read(Leader& leader, ReadAsker asker);
  void answer_read(ReadAsker asker, Index index, std::optional<ReadRefusal> refused);
  void release_reads(Leader& leader);

  // -- membership.cc
  void configuration_changed(std::string_view why);
  void match_peers_to_members(Leader& leader);
  void finish_change();

  // -- transfer.cc
  std::optional<NodeId> best_successor(bool must_match) const;
  void tick_transfer(Leader& leader);
  void maybe_send_timeout_now(Leader& leader);

  // -- snapshot.cc
  void order_snapshot(NodeId id, Progress& peer);
  void on_snapshot_offer(const Envelope& envelope, const SnapshotOffer& offer);
  void replace_log(const SnapshotMeta& meta);

  // -- output.cc
  void hand_applies();
  Entries next_to_apply(Index limit);

  Options options_;
  Random random_;
  Term term_;
  NodeId vote_;
  LogView log_;
  ConfigurationHistory configurations_;
  Index commit_;
  Persistence persistence_;
  ApplyQueue apply_;
  Proposals proposals_;
  RoleState role_;
  StorageHealth health_ = StorageHealth::good;
  std::optional<Installation> installation_;
  int election_elapsed_ = 0;
  int election_timeout_ = 0;
  int ticks_since_leader_ = 0;       // since a leader was heard, whoever it was
  Term led_term_;                    // the last term led in this life
  uint64_t next_read_id_;
  uint64_t next_ticket_ = 1;
  std::optional<RoleChange> shown_;  // the role that the last Output told
  std::optional<std::string> stop_;
  Output output_;
};

}  // namespace bao::raft
