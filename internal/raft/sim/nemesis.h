// Everything that befalls processes, disks and paths, each on its own clock. Owned by the world's thread.
#pragma once

#include <set>

#include "internal/raft/core/types.h"
#include "internal/raft/sim/host.h"
#include "internal/raft/sim/random.h"

namespace bao::raft::sim {

class World;

class Nemesis {
 public:
  explicit Nemesis(World& world);
  void start();

 private:
  struct Stranded {
    std::set<NodeId> nodes;
    Term term;        // in which they were cut off
    Index committed;  // then
  };
  void every(Time mean, void (Nemesis::*act)());
  void crash();
  void crash_all();
  void stop() { somebody_important().stop(); }
  void pause();
  void suspend();
  void clog();
  void partition();
  void cut_one_way();
  void strand();
  void wait_for_successor(const Stranded& stranded, int polls);
  bool forgotten(const Stranded& stranded, const Host& leader);
  Host* a_leader();
  void disk_trouble();
  Host& any();
  Host& somebody_important();

  World& world_;
  Random random_;
};

}  // namespace bao::raft::sim
