// What one process may do, compared with what it did: run on every Output before it is carried out. README.md lists the
// invariants by number.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "internal/raft/core/node.h"
#include "internal/raft/sim/model_disk.h"
#include "internal/raft/sim/random.h"

namespace bao::raft::sim {

class Host;

class Checks {
 public:
  Checks(Host& host, const LogImage& log, const View& view);

  void restarted(const View& view, const HardState& promised);  // 7
  void delivered(const Envelope& envelope);
  void output(const Output& out, const View& now);
  // A client's read came in, under this cookie.
  void read_began(uint64_t cookie);
  // A peer starts from nothing: its window is empty.
  void window_forgotten(NodeId peer) { unanswered_.erase(peer); }
  void compacted(const LogStart& start) { log_.compact_to(start.position.index); }

  const LogImage& log() const { return log_; }
  const Configuration& configuration() const { return *configurations_.back().second; }

 private:
  void append(const AppendBatch& batch, const View& now);
  void append_entry(const EntryPtr& entry, const View& now);
  void rebuild_configurations();
  void election(const View& now);
  void commit(const View& now);
  EntryPtr entry_to_commit(Index index) const;
  bool reset_is_pending(const View& now) const;
  bool durable_on_quorum(const EntryPtr& entry, const Configuration& configuration) const;
  void apply(const Output& out, const View& now);
  void view(const View& now);
  void peers(const View& now);
  void beliefs(const View& now);
  void limits(const Output& out, const View& now);
  void reads(const Output& out, const View& now);
  void confirmed_since(Time began, const std::string& what);
  void handover(const Output& out, const View& now);
  void violate(int invariant, const std::string& text);

  Host& host_;
  LogImage log_;  // what the core holds
  std::vector<std::pair<Index, std::shared_ptr<const Configuration>>> configurations_;
  std::shared_ptr<const Configuration> configuration_before_;
  View before_;
  Index handed_;  // to apply
  std::map<NodeId, size_t> unanswered_;  // Appends with entries since the peer answered last
  std::map<uint64_t, Time> rounds_;      // of this reign, and when each began
  std::map<NodeId, Time> confirmed_;     // when the newest round began that a peer answered
  std::map<std::pair<NodeId, Session>, Index> told_;     // to this reign: what each acknowledged in a session
  std::map<std::pair<NodeId, uint64_t>, Time> reads_;  // when they came in; kNobody: from a client here
  uint64_t outputs_ = 0;
};

// What an accepting answer to the leader says, compared with the leader's log; empty when it is true (11).
std::string false_answer(const Host& follower, Host& leader, const Envelope& envelope);
// The end of what a node has durably, in its log or its state machine.
Index durable_end(const ModelDisk& disk);
// Has a node durably what this entry says?
bool holds(const ModelDisk& disk, const Entry& entry);

}  // namespace bao::raft::sim
