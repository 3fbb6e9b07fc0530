// A group of cores with disks, state machines and a network made of memory, moved by hand: nothing happens that is not
// asked for. What a disk or a state machine has to do is done at once, unless it is held. For tests; single-threaded.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "internal/raft/core/node.h"

namespace bao::raft {

// FNV-1a; what a chain needs here is to differ.
Chain scenario_chain(const Chain& previous, const Entry& entry);

struct Disk {
  HardState hard;
  LogStart start;
  Entries log;                   // from start + 1
  Index first_configuration_at;  // what the state machine or the bootstrap knows
  Configuration first_configuration;
  std::deque<AppendBatch> waiting;
  bool held = false;
  bool full = false;

  Index last() const { return start.position.index + log.size(); }
  EntryPtr at(Index index) const { return log[index.value - start.position.index.value - 1]; }
};

struct StateMachine {
  Position applied;
  Chain chain{};
  Index configuration_index;
  Configuration configuration;
  std::vector<std::string> data;
  std::deque<EntryPtr> waiting;
  bool held = false;
};

struct Machine {
  Options options;
  std::unique_ptr<Node> node;    // absent while it is down
  Disk disk;
  StateMachine machine;
  std::optional<InstallOrder> install;
  int starts = 0;
};

class World {
 public:
  explicit World(std::function<void(const std::string&)> print) : print_(std::move(print)) {}

  Limits limits;                 // of nodes made later
  bool snapshots_held = false;   // orders wait for snapshot()
  bool installs_held = false;    // the receiver waits for install()

  void make(uint64_t id, const Configuration& configuration);
  // Entries as if written earlier: their terms, from index 1.
  void write_log(uint64_t id, const std::vector<uint64_t>& terms, uint64_t term);
  void set_term(uint64_t id, uint64_t term);
  void start(uint64_t id);
  void crash(uint64_t id);
  Machine& machine(uint64_t id);
  Node& node(uint64_t id);
  std::map<uint64_t, Machine>& machines() { return machines_; }

  // Takes every output and lets the disks and state machines that are not held do their work, until nothing is left.
  void work();
  // Messages that match now, in order; the answers stay in the network.
  size_t deliver(const std::function<bool(const Envelope&)>& matches);
  size_t drop(const std::function<bool(const Envelope&)>& matches);
  size_t hold(const std::function<bool(const Envelope&)>& matches);
  size_t release();
  // Until the network is empty.
  void settle();
  void cut(uint64_t from, uint64_t to) { cuts_.insert({from, to}); }
  void heal() { cuts_.clear(); }
  std::deque<Envelope>& network() { return network_; }

  void persist(uint64_t id, size_t batches);
  void apply(uint64_t id, size_t entries);
  void compact(uint64_t id, Index up_to);
  void make_snapshots();
  void install(uint64_t id, bool success);
  // Empty, or what is broken between the nodes.
  std::string broken() const;

 private:
  static void recover(Machine& machine);
  void run(uint64_t id, Output output);
  void persist_one(Machine& machine);
  void apply_one(Machine& machine);
  void load(Machine& machine, const LoadRequest& request);
  void make_snapshot(uint64_t id, const SnapshotOrder& order);
  void print_output(uint64_t id, const Output& output);

  std::function<void(const std::string&)> print_;
  std::map<uint64_t, Machine> machines_;
  std::deque<Envelope> network_, held_;
  std::set<std::pair<uint64_t, uint64_t>> cuts_;
  std::deque<std::pair<uint64_t, SnapshotOrder>> orders_;
  std::map<Term, NodeId> leaders_;
  std::map<Index, std::vector<std::string>> snapshots_;  // the content of each that was made
};

std::string describe(const Envelope& envelope);
std::string describe(const Configuration& configuration);

}  // namespace bao::raft
