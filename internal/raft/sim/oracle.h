// What the whole world knows and no node does: who led when, what was committed, what every state must be, what clients
// were told. Each report is compared with everything reported before. Owned by the world's thread.
#pragma once

#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "internal/raft/core/node.h"
#include "internal/raft/sim/judge.h"
#include "internal/raft/sim/model_disk.h"

namespace bao::raft::sim {

class Oracle {
 public:
  explicit Oracle(Judge& judge) : judge_(judge) {}
  // The state that the first members begin with.
  void begin(const StateMachine& machine);

  void entry_appended(NodeId at, const Entry& entry);                    // 3
  void leader_elected(NodeId leader, Term term, const LogImage& log);    // 1, 4
  // A node knows that `index` of its log is committed. True when that is news to the world.
  bool committed(NodeId at, Index index, Term by, const EntryPtr& entry);
  void matches_committed(NodeId at, Index index, const LogImage& log);   // 4
  void applied(NodeId at, const StateMachine& machine);                  // 5
  void vote_left(NodeId voter, Term term, NodeId candidate);             // 7
  void superseded(NodeId at, Position position);                         // 13
  void fate_committed(NodeId at, Position position);                     // 13

  // What began from now on must see at least this state.
  Index floor() const { return floor_; }
  void write_acknowledged(const Command& command, Index index, uint64_t previous, Index floor_at_begin);  // 14, 15
  void read_answered(uint64_t key, uint64_t value, Index state, Index floor_at_begin);                    // 15, 16
  void configuration_appended(NodeId at, Index index, const Configuration& next, const Configuration& before);  // 10

  Index last_committed() const { return {committed_.size() - 1}; }
  const Configuration& committed_configuration() const { return *machine_.configuration(); }
  const StateMachine& machine() const { return machine_; }
  Term last_term() const { return leaders_.empty() ? Term{} : leaders_.rbegin()->first; }

 private:
  struct Committed {
    EntryPtr entry;  // null before the beginning
    Term by;         // the leader's that committed it
    uint64_t hash;   // of the state after it
    Chain chain;
    uint64_t previous;  // the result of its command
  };
  void configuration_committed(Index index, const Configuration& before);
  uint64_t value_at(uint64_t key, Index state) const;

  Judge& judge_;
  StateMachine machine_;              // after everything that is committed
  std::vector<Committed> committed_;  // by index
  std::map<Term, NodeId> leaders_;
  std::vector<std::vector<std::pair<Term, Chain>>> appended_;  // by index
  std::unordered_map<uint64_t, std::vector<std::pair<Index, uint64_t>>> history_;  // of each key
  std::map<std::pair<NodeId, Term>, NodeId> votes_;
  std::set<Position> superseded_;
  std::unordered_set<uint64_t> attempts_;  // that are committed
  std::map<NodeId, Session> sessions_;     // the newest of each member
  Index floor_;
};

// True when every quorum of `a` meets every quorum of `b`.
bool quorums_meet(const Configuration& a, const Configuration& b);
// True when `present` holds a majority of each half; written anew, not the core's.
bool holds_quorum(const Configuration& configuration, const std::set<NodeId>& present);

}  // namespace bao::raft::sim
