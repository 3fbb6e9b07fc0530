// After a storm the faults stop in a part of the cluster that can decide, and progress is demanded (invariant 19). Then they
// begin again, and the rest of the cluster comes back.
#pragma once

#include <set>

#include "internal/raft/core/types.h"
#include "internal/raft/sim/random.h"

namespace bao::raft::sim {

class World;
class Host;

class Calm {
 public:
  explicit Calm(World& world) : world_(world), random_(mix_seed()) {}
  // Reports what does not come to rest within 20 election timeouts.
  void demand_progress();

 private:
  uint64_t mix_seed() const;
  void choose_core();
  void quieten();
  void demand_rest();
  // Empty when everything has come to rest, otherwise what has not.
  std::string unrest();
  Host* leader();
  // Nobody's term changes for this long.
  void demand_stability(Time duration, const char* when);
  void demand_no_election_after_suspend();

  World& world_;
  Random random_;
  std::set<NodeId> core_;
};

}  // namespace bao::raft::sim
