// One member of one group: Raft without I/O, clock, threads or randomness of its own. Inputs go in, one Output comes out;
// the same inputs give the same outputs. Pre-vote and check-quorum are always on.
// Owned by one thread. Source: ../README.md, which names the sections of the paper and of Ongaro's thesis.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "internal/base/result.h"
#include "internal/raft/core/options.h"
#include "internal/raft/core/output.h"

namespace bao::raft {

enum class SnapshotOutcome : uint8_t {
  delivered,  // the receiver said that it is installed
  failed,
};
enum class StorageHealth : uint8_t {
  good,
  stalled,  // an append is older than an election timeout: a leader hands over or steps down, nobody campaigns
  full,     // no room for entries: the same, and a follower withholds its answer
};

struct PeerView {
  NodeId id;
  Session session;
  Index match, next, applied;
  enum class State : uint8_t { probe, replicate, snapshot } state;
  bool recently_active;
  int ticks_since_contact;
};
// What there is to show and to decide on, as of the last input.
struct View {
  Role role;
  Term term;
  NodeId leader, vote;
  Position last;
  Index durable, commit, applied;
  LogStart start;
  bool transferring;
  bool term_committed;  // leader only: an entry of its own term is committed, so reads and changes are served
  size_t uncommitted_bytes;
  const Configuration* configuration;
  Index configuration_index;
  std::vector<PeerView> peers;  // leader only
};

class Node {
 public:
  // Checks everything first. Errors: invalid (options), corrupt (a recovered state that contradicts itself).
  static base::Result<std::unique_ptr<Node>> create(const Options& options, Recovered recovered);
  ~Node();

  void tick();
  // Never blocks and never fails: what does not fit is dropped.
  void step(Envelope envelope);

  // Appends entries of kind data. The position of the first; the rest follows. Errors: unavailable (not the leader,
  // handing over), exhausted (uncommitted bytes). Nothing was appended then.
  base::Result<Position> propose(std::span<const std::string> payloads);
  // One change at a time, and none before an entry of this term is committed: conflict. Otherwise as apply_change.
  base::Result<Position> propose_configuration(const ConfigurationChange& change);
  // A ReadReady with this cookie follows, always. Any role; a follower asks its leader.
  void read_index(uint64_t cookie);
  // To this voter, or to the most advanced one. Errors: unavailable (not the leader), invalid (no voter, oneself).
  // Ends by itself after one election timeout.
  base::Status transfer_leadership(std::optional<NodeId> target);
  // Campaign now, without waiting for a timeout (tests, the first start of a single node).
  void campaign();

  // Reports of the driver about what an Output asked for.
  void on_append_done(AppendSequence sequence);    // durable; in order, none left out
  // No room: nothing of this batch and of later ones is stored, their messages do not leave, and no batch follows until
  // on_storage_health(good), which repeats what was not stored.
  void on_append_failed(AppendSequence sequence);
  void on_applied(Index applied);
  void on_loaded(uint64_t ticket, Entries entries);  // empty: compacted meanwhile
  void on_snapshot_ready(NodeId to, Session session, const SnapshotMeta& meta);  // for a SnapshotOrder: offers it
  void on_snapshot_sent(NodeId to, Session session, SnapshotOutcome outcome);
  void on_snapshot_installed(const SnapshotMeta& meta);  // the state machine holds it durably and is at meta.last
  void on_snapshot_refused(const SnapshotMeta& meta);    // its stream broke or was damaged, or a later order replaced it
  void on_compacted(LogStart start);               // the log store cut its beginning up to here
  void on_peer_unreachable(NodeId peer);
  void on_storage_health(StorageHealth health);

  // Everything since the last call.
  Output take_output();
  View view() const;
  Term term() const;
  // ENSUREs what must hold between inputs: the O(1) part always runs, this is the rest (simulator, tests).
  void check_invariants() const;

  // For searches through all that can happen: another node in the same state, and a number that tells states apart.
  std::unique_ptr<Node> copy() const;
  uint64_t fingerprint() const;

 private:
  class State;
  explicit Node(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace bao::raft
