// The network: loses, repeats, delays, reorders, cuts. Before a message leaves it asks the sender's disk whether what the
// message promises is durable (invariant 17).
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "internal/raft/core/message.h"
#include "internal/raft/sim/random.h"

namespace bao::raft::sim {

class World;
class Host;

class Network {
 public:
  explicit Network(World& world);
  void send(Host& from, const Envelope& envelope);
  // A direction stands still until then; what was sent arrives afterwards.
  void clog(NodeId from, NodeId to, Time until);
  void cut(NodeId from, NodeId to);
  // Nobody hears it until then; it hears everybody.
  void mute(NodeId node, Time until) { muted_[node] = until; }
  // Every path between these and all others, or only those on which they are heard.
  void isolate(const std::set<NodeId>& nodes);
  void silence(const std::set<NodeId>& nodes);
  void rejoin(NodeId node);
  void mend_all();
  // Every path is whole, and what was sent before does not arrive while it is calm: it could be minutes old.
  void begin_calm();
  // No path from `from` to `to`, now.
  bool is_cut(NodeId from, NodeId to) const;
  Time delay();

 private:
  void transmit(const Envelope& envelope, Time delay);
  void maybe_mute(const Envelope& envelope);

  World& world_;
  Random random_;
  std::map<std::pair<NodeId, NodeId>, Time> clogged_;
  std::map<std::pair<NodeId, NodeId>, bool> cut_;
  std::map<NodeId, Time> muted_;
  Time calm_since_ = 0;
};

// Empty when the message may leave a node that has this durably, entries up to `end`; otherwise what is missing.
std::string missing_promise(const HardState& durable, Index end, const Envelope& envelope);

}  // namespace bao::raft::sim
