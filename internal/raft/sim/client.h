// A client: one operation at a time, tried on one node after another until it is answered or given up. What it is told
// goes to the oracle. Owned by the world's thread.
#pragma once

#include "internal/raft/sim/random.h"
#include "internal/raft/sim/serving.h"

namespace bao::raft::sim {

class World;
class Host;

class Client {
 public:
  Client(World& world, uint64_t id);
  void start();
  // Asks this node the same many times over.
  void insist(Host& host);
  // Ends after the operation in hand.
  void stop() { stopped_ = true; }
  bool idle() const { return !working_; }

 private:
  enum class Kind : uint8_t { put, cas, read };
  void begin();
  void attempt();
  void answered(uint64_t attempt, const Answer& answer);
  void finish(const Answer& answer);
  void give_up();
  void think();
  void send(Host& host, uint64_t attempt);
  Host* choose();

  World& world_;
  Random random_;
  Kind kind_ = Kind::put;
  Command command_{};
  Index floor_;          // what the operation must see
  NodeId target_;        // kNobody: any
  uint64_t attempt_ = 0;  // the one in hand; answers to others come too late
  uint64_t tries_ = 0;
  uint64_t last_value_ = 0;
  bool working_ = false, stopped_ = false;
};

}  // namespace bao::raft::sim
