// The operator: members come and go, leadership is handed over, logs are cut. Never takes away so much that what is left
// could not decide. Owned by the world's thread.
#pragma once

#include "internal/raft/core/configuration.h"
#include "internal/raft/sim/random.h"

namespace bao::raft::sim {

class World;
class Host;

class Operator {
 public:
  explicit Operator(World& world);
  void start();

 private:
  void every(Time mean, void (Operator::*act)());
  void change_members();
  void transfer();
  void compact();
  void lose_disk();
  void lose(Host& host);
  void readd();
  void remove_and_readd();
  void wait_for_removal(NodeId id, int polls);
  void bring_back(Host& leader, Host& host);
  void retire();

  // Somebody who believes to lead; null: nobody.
  Host* a_leader();
  ConfigurationChange draw_change(Host& leader);
  void propose(Host& leader, const ConfigurationChange& change);
  // Removed for good: committed, and no leader knows it otherwise.
  bool is_outside(NodeId id);

  World& world_;
  Random random_;
};

}  // namespace bao::raft::sim
