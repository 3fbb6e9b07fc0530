// One run: nodes, their network, clients, an operator and a nemesis in one thread, driven by one seed. Storms full of faults
// take turns with calms: the faults stop in a part of the cluster that can still decide, and progress is demanded (calm.h).
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "internal/raft/sim/judge.h"
#include "internal/raft/sim/network.h"
#include "internal/raft/sim/oracle.h"
#include "internal/raft/sim/plan.h"
#include "internal/raft/sim/schedule.h"
#include "internal/raft/sim/snapshot_transfer.h"
#include "internal/raft/sim/trace.h"

namespace bao::raft::sim {

class Host;
class Client;
class Operator;
class Nemesis;

struct RunResult {
  std::optional<Violation> violation;
  uint64_t events = 0, hash = 0;
  Time simulated = 0;
  uint64_t committed = 0, elections = 0, operations = 0, stops = 0;
};

class World {
 public:
  World(const Plan& plan, Trace& trace);
  ~World();
  RunResult run();

  const Plan& plan() const { return plan_; }
  // True when this fault may strike now.
  bool strikes(Fault fault) const { return !calm_ && plan_.has(fault); }
  bool calm() const { return calm_; }
  Time now() const { return schedule_.now(); }
  Schedule& schedule() { return schedule_; }
  Judge& judge() { return judge_; }
  Oracle& oracle() { return oracle_; }
  Network& network() { return network_; }
  SnapshotTransfers& transfers() { return transfers_; }
  Trace& trace() { return trace_; }
  std::map<NodeId, std::unique_ptr<Host>>& hosts() { return hosts_; }
  // Null: there is no such node.
  Host* host(NodeId id);
  // A node that belongs to nothing yet, started. Null: no numbers are left.
  Host* add_host();
  std::vector<std::unique_ptr<Client>>& clients() { return clients_; }
  uint64_t next_attempt() { return ++attempts_; }
  void count_election() { ++elections_; }
  void count_operation() { ++operations_; }
  void count_stop() { ++stops_; }

  // True when those that are not lost can decide in every configuration that some log has in force, and in `more`.
  bool can_decide_without(NodeId lost, const Configuration* more = nullptr);
  void begin_calm();
  void end_calm();
  // Runs events until this time; false when something went wrong.
  bool run_until(Time when);

 private:
  void make_members();
  void start();
  void storm(uint64_t events);

  Plan plan_;
  Trace& trace_;
  Schedule schedule_;
  Judge judge_;
  Oracle oracle_{judge_};
  Network network_{*this};
  SnapshotTransfers transfers_{*this};
  std::map<NodeId, std::unique_ptr<Host>> hosts_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::unique_ptr<Operator> operator_;
  std::unique_ptr<Nemesis> nemesis_;
  bool calm_ = false;
  uint64_t attempts_ = 0, elections_ = 0, operations_ = 0, stops_ = 0;
};

// The whole of one seed. A failed ENSURE ends the process (crash_guard.h turns it into a violation).
RunResult run_plan(const Plan& plan, Trace& trace);

}  // namespace bao::raft::sim
