// Snapshots on their way: the sender's copy of its state, the stream in chunks that may break at every one, the
// installation at the receiver. Outside of the core, as in production.
#pragma once

#include <map>
#include <memory>
#include <utility>

#include "internal/raft/core/node.h"
#include "internal/raft/sim/random.h"
#include "internal/raft/sim/state_machine.h"

namespace bao::raft::sim {

class World;
class Host;

class SnapshotTransfers {
 public:
  explicit SnapshotTransfers(World& world);
  void offer(Host& sender, const SnapshotOrder& order);
  // Replaces what this receiver is receiving, which is refused.
  void receive(Host& receiver, const InstallOrder& order);
  // Its process ended: what it offered and received is gone.
  void forget(NodeId node);

 private:
  struct Offered {
    uint64_t number;
    Session session;
    std::shared_ptr<const StateMachine> image;
  };
  struct Receiving {
    uint64_t number;
    InstallOrder order;
    uint64_t chunks_left;
  };
  using Path = std::pair<NodeId, NodeId>;
  Time chunk_time();
  bool breaks(const Path& path);
  void chunk(Host& receiver, uint64_t number);
  void refuse(Host& receiver);
  static void tell_refused(Host& receiver, const SnapshotMeta& meta);
  void install(Host& receiver, const Receiving& receiving);
  void report(const Path& path, uint64_t number, SnapshotOutcome outcome);

  World& world_;
  Random random_;
  uint64_t numbers_ = 0;
  std::map<Path, Offered> offered_;        // by sender and receiver
  std::map<NodeId, Receiving> receiving_;  // by receiver
};

}  // namespace bao::raft::sim
