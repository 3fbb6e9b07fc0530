#include "internal/raft/sim/calm.h"

#include "internal/raft/sim/client.h"
#include "internal/raft/sim/driver.h"
#include "internal/raft/sim/world.h"

namespace bao::raft::sim {

uint64_t Calm::mix_seed() const { return mix(mix(world_.plan().seed, 0x63616c6d), world_.now()); }

// Takes nodes away as long as the rest can decide in every configuration that may be in force; half of the time all stay.
void Calm::choose_core() {
  for (const auto& [id, host] : world_.hosts())
    if (!host->lost()) core_.insert(id);
  if (random_.chance(0.5)) return;
  for (const auto& [id, host] : world_.hosts()) {
    if (!core_.contains(id) || random_.chance(0.3)) continue;
    auto rest = core_;
    rest.erase(id);
    bool enough = holds_quorum(world_.oracle().committed_configuration(), rest);
    for (const auto& [other, log] : world_.hosts()) {
      const Configuration& configuration = log->configuration();
      enough = enough && (log->lost() || configuration.members.empty() || holds_quorum(configuration, rest));
    }
    if (enough) core_ = rest;
  }
}

Host* Calm::leader() {
  Host* found = nullptr;
  for (const NodeId id : core_) {
    Host* host = world_.host(id);
    if (host->driver()->view().role != Role::leader) continue;
    if (!found || found->driver()->view().term < host->driver()->view().term) found = host;
  }
  return found;
}

std::string Calm::unrest() {
  Host* lead = leader();
  if (!lead) return "nobody leads";
  const View& view = lead->driver()->view();
  const Configuration& configuration = lead->configuration();
  if (configuration.joint()) return "the configuration is still joint";
  if (!configuration.contains(lead->id())) return "a leader that is no member any more";
  if (view.commit != view.last.index) return "not everything is committed";
  for (const auto& [id, member] : configuration.members) {
    if (!core_.contains(id)) continue;
    Host* host = world_.host(id);
    const View& other = host->driver()->view();
    if (other.term != view.term || other.leader != lead->id()) return describe(id) + " does not follow " + describe(lead->id());
    if (other.last != view.last || other.commit != view.commit) return describe(id) + " does not have the whole log";
    if (host->disk().machine().hash() != lead->disk().machine().hash()) return describe(id) + " has not applied everything";
  }
  for (const NodeId id : core_)
    if (world_.host(id)->driver()->serving().has_open_proposals() && configuration.contains(id)) return "a proposal at " + describe(id) + " has no fate";
  for (const auto& client : world_.clients())
    if (!client->idle()) return "a client's operation is not finished";
  return "";
}

void Calm::demand_stability(Time duration, const char* when) {
  const Term term = leader()->driver()->view().term;
  if (!world_.run_until(world_.now() + duration)) return;
  Host* lead = leader();
  if (!lead || lead->driver()->view().term != term) world_.judge().violate(19, std::string("an election ") + when);
}

// Standing still together is no reason for an election: time that nobody lived through does not count.
void Calm::demand_no_election_after_suspend() {
  const Time timeout = world_.plan().election_timeout();
  for (const NodeId id : core_) world_.host(id)->pause_until(world_.now() + 3 * timeout + random_.below(5'000));
  demand_stability(6 * timeout, "after everybody stood still");
}

void Calm::quieten() {
  world_.begin_calm();
  for (const auto& [id, host] : world_.hosts()) {
    if (core_.contains(id)) {
      host->mend();
      host->start();
    } else {
      host->stay_away();
    }
  }
  for (const auto& client : world_.clients()) client->stop();
}

void Calm::demand_rest() {
  const Time timeout = world_.plan().election_timeout();
  std::string rest = "everything";
  for (int passed = 0; passed < 20 && !rest.empty(); ++passed) {
    if (!world_.run_until(world_.now() + timeout)) return;
    rest = unrest();
  }
  if (!rest.empty()) return world_.judge().violate(19, "20 election timeouts after the last fault " + rest);
  demand_stability(10 * timeout, "without a reason");
  if (world_.judge().clean()) demand_no_election_after_suspend();
}

void Calm::demand_progress() {
  choose_core();
  quieten();
  demand_rest();
  world_.end_calm();
  for (const auto& [id, host] : world_.hosts())
    if (!core_.contains(id)) host->come_back();
  for (const auto& client : world_.clients()) client->start();
}

}  // namespace bao::raft::sim
