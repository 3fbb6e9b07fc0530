#include "internal/raft/sim/world.h"

#include "internal/raft/sim/calm.h"
#include "internal/raft/sim/client.h"
#include "internal/raft/sim/driver.h"
#include "internal/raft/sim/nemesis.h"
#include "internal/raft/sim/operator.h"

namespace bao::raft::sim {
namespace {

constexpr uint64_t kNodesMax = 40;

EntryPtr first_entry(const Configuration& configuration) {
  Entry entry{Index{1}, Term{1}, EntryKind::configuration, encode(configuration), {}};
  entry.chain = cheap_chain({}, entry);
  return std::make_shared<const Entry>(std::move(entry));
}

}  // namespace

World::World(const Plan& plan, Trace& trace) : plan_(plan), trace_(trace) {
  operator_ = std::make_unique<Operator>(*this);
  nemesis_ = std::make_unique<Nemesis>(*this);
  make_members();
}
World::~World() = default;

// The first configuration is entry 1: in the log, or already before its beginning.
void World::make_members() {
  std::map<NodeId, std::string> contexts;
  for (int i = 1; i <= plan_.voters; ++i) contexts[NodeId{static_cast<uint64_t>(i)}] = "first";
  const EntryPtr entry = first_entry(first_configuration(contexts).value());
  StateMachine machine;
  machine.apply(*entry);
  LogImage log;
  log.hard = {Term{1}, kNobody, Index{1}};
  log.append({entry});
  oracle_.begin(machine);
  oracle_.entry_appended(kNobody, *entry);
  if (!plan_.single_start_entry) log.compact_to(Index{1});
  for (const auto& [id, context] : contexts) {
    hosts_[id] = std::make_unique<Host>(*this, id);
    hosts_[id]->disk().format(log, machine);
  }
}

Host* World::host(NodeId id) {
  const auto found = hosts_.find(id);
  return found == hosts_.end() ? nullptr : found->second.get();
}

Host* World::add_host() {
  for (const auto& [id, host] : hosts_)  // one that was made before and never got in
    if (host->up() && host->log().last().value == 0 && !oracle_.committed_configuration().contains(id)) return host.get();
  if (hosts_.size() >= kNodesMax) return nullptr;
  const NodeId id{hosts_.rbegin()->first.value + 1};
  hosts_[id] = std::make_unique<Host>(*this, id);
  hosts_[id]->start();
  return hosts_[id].get();
}

bool World::can_decide_without(NodeId lost, const Configuration* more) {
  std::set<NodeId> present;
  for (const auto& [id, host] : hosts_)
    if (!host->lost() && id != lost) present.insert(id);
  if (more && !holds_quorum(*more, present)) return false;
  if (!holds_quorum(oracle_.committed_configuration(), present)) return false;
  for (const auto& [id, host] : hosts_) {
    if (host->lost() || host->configuration().members.empty()) continue;
    if (!holds_quorum(host->configuration(), present)) return false;
  }
  return true;
}

void World::begin_calm() {
  calm_ = true;
  network_.begin_calm();
}

void World::end_calm() { calm_ = false; }

bool World::run_until(Time when) {
  bool reached = false;
  schedule_.after(when - now(), [&reached] { reached = true; });
  while (!reached && judge_.clean() && schedule_.step()) {
  }
  return judge_.clean();
}

void World::start() {
  for (const auto& [id, host] : hosts_) host->start();
  for (int i = 1; i <= plan_.clients; ++i) {
    clients_.push_back(std::make_unique<Client>(*this, static_cast<uint64_t>(i)));
    clients_.back()->start();
  }
  operator_->start();
  nemesis_->start();
}

void World::storm(uint64_t events) {
  const uint64_t end = schedule_.ran() + events;
  while (judge_.clean() && schedule_.ran() < end && schedule_.step()) {
  }
}

RunResult World::run() {
  start();
  for (uint64_t left = plan_.events_max; left > 0 && judge_.clean();) {
    const uint64_t events = std::min(left, plan_.storm_events);
    left -= events;
    storm(events);
    if (judge_.clean()) Calm(*this).demand_progress();
  }
  return {judge_.first(), schedule_.ran(), trace_.hash(), now(), oracle_.last_committed().value, elections_, operations_, stops_};
}

RunResult run_plan(const Plan& plan, Trace& trace) { return World(plan, trace).run(); }

}  // namespace bao::raft::sim
