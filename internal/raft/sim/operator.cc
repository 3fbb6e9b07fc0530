#include "internal/raft/sim/operator.h"

#include "internal/raft/sim/driver.h"
#include "internal/raft/sim/world.h"

namespace bao::raft::sim {
namespace {

template <typename Set>
NodeId pick(Random& random, const Set& ids) {
  auto at = ids.begin();
  std::advance(at, static_cast<ptrdiff_t>(random.below(ids.size())));
  return *at;
}

}  // namespace

Operator::Operator(World& world) : world_(world), random_(mix(world.plan().seed, 0x6f706572)) {}

void Operator::every(Time mean, void (Operator::*act)()) {
  world_.schedule().after(1 + random_.exponential(mean), [this, mean, act] {
    if (!world_.calm()) (this->*act)();
    every(mean, act);
  });
}

void Operator::start() {
  const Plan& plan = world_.plan();
  if (plan.has(Fault::membership)) every(plan.change_every, &Operator::change_members);
  if (plan.has(Fault::transfer)) every(plan.transfer_every, &Operator::transfer);
  if (plan.has(Fault::compaction)) every(plan.compact_every, &Operator::compact);
  if (plan.has(Fault::wipe)) every(10 * plan.change_every, &Operator::lose_disk);
  if (plan.has(Fault::readd)) every(plan.change_every, &Operator::readd);
  if (plan.has(Fault::readd)) every(plan.change_every, &Operator::remove_and_readd);
  if (plan.has(Fault::membership)) every(5 * plan.change_every, &Operator::retire);
}

Host* Operator::a_leader() {
  std::vector<Host*> leaders;
  for (const auto& [id, host] : world_.hosts())
    if (host->up() && host->driver()->view().role == Role::leader) leaders.push_back(host.get());
  return leaders.empty() ? nullptr : leaders[random_.below(leaders.size())];
}

bool Operator::is_outside(NodeId id) {
  for (const auto& [other, host] : world_.hosts())
    if (host->up() && host->driver()->view().role == Role::leader && host->configuration().contains(id)) return false;
  return !world_.oracle().committed_configuration().joint() && !world_.oracle().committed_configuration().contains(id);
}

ConfigurationChange Operator::draw_change(Host& leader) {
  const Configuration& now = leader.configuration();
  ConfigurationChange change;
  std::set<NodeId> used;
  const auto add = [&](ChangeStep::Kind kind, NodeId id) {
    if (used.insert(id).second) change.push_back({kind, id, "node"});
  };
  for (uint64_t steps = random_.between(1, 3); steps > 0; --steps) {
    const uint64_t what = random_.below(10);
    if (what < 3 && now.members.size() < 8) {
      if (Host* host = world_.add_host()) add(ChangeStep::Kind::add_learner, host->id());
    } else if (what < 7 && !now.learners.empty()) {
      add(ChangeStep::Kind::promote, pick(random_, now.learners));
    } else if (what < 8 && now.voters.size() > 1) {
      add(ChangeStep::Kind::demote, pick(random_, now.voters));
    } else if (now.members.size() > 1) {
      auto member = now.members.begin();
      std::advance(member, static_cast<ptrdiff_t>(random_.below(now.members.size())));
      add(ChangeStep::Kind::remove, member->first);
    }
    if (random_.chance(0.4)) break;
  }
  return change;
}

void Operator::propose(Host& leader, const ConfigurationChange& change) {
  const auto next = apply_change(leader.configuration(), change, Index{leader.log().last().value + 1});
  if (!next.ok() || !world_.can_decide_without(kNobody, &*next)) return;
  if (next->joint() && !world_.can_decide_without(kNobody, nullptr)) return;
  world_.trace().event(world_.now(), leader.id(), "change", change.size(), [&] { return describe(*next); });
  leader.driver()->input([&](Node& node) {
    if (const auto position = node.propose_configuration(change); position.ok()) leader.driver()->serving().proposed_change(*position);
  });
}

void Operator::change_members() {
  Host* leader = a_leader();
  if (!leader || leader->paused()) return;
  if (const ConfigurationChange change = draw_change(*leader); !change.empty()) propose(*leader, change);
}

void Operator::transfer() {
  Host* leader = a_leader();
  if (!leader || leader->paused()) return;
  std::optional<NodeId> target;
  if (random_.chance(0.8)) target = pick(random_, leader->configuration().voters);
  leader->driver()->input([&](Node& node) { (void)node.transfer_leadership(target).ok(); });
}

void Operator::compact() {
  for (const auto& [id, host] : world_.hosts())
    if (host->up() && !host->paused() && random_.chance(0.5)) host->driver()->compact();
}

void Operator::lose_disk() {
  std::vector<Host*> present;
  for (const auto& [id, host] : world_.hosts())
    if (!host->lost()) present.push_back(host.get());
  Host* host = present[random_.below(present.size())];
  if (world_.can_decide_without(host->id())) lose(*host);
}

void Operator::lose(Host& host) {
  world_.trace().event(world_.now(), host.id(), "lose", 0, [] { return std::string("its disk"); });
  host.lose();
}

// A member that was removed for good comes back: with its disk it is the same node, with an empty one it is another.
void Operator::readd() {
  Host* leader = a_leader();
  if (!leader || leader->paused()) return;
  std::vector<Host*> outside;
  for (const auto& [id, host] : world_.hosts())
    if (!host->lost() && is_outside(id) && host.get() != leader) outside.push_back(host.get());
  if (outside.empty() || leader->configuration().members.size() >= 8) return;
  bring_back(*leader, *outside[random_.below(outside.size())]);
}

// A node's id stands on its disk. Under its old id an empty one would replay a log in which it is a voter already, and vote
// without what it had acknowledged.
void Operator::bring_back(Host& leader, Host& host) {
  Host* back = &host;
  if (random_.chance(0.3) && world_.can_decide_without(host.id())) {
    if (Host* fresh = world_.add_host(); fresh && fresh != &host) {
      lose(host);
      back = fresh;
    }
  }
  back->start();
  propose(leader, {{ChangeStep::Kind::add_learner, back->id(), "again"}});
}

// At once, so that what was said in its former session is still under way.
void Operator::remove_and_readd() {
  Host* leader = a_leader();
  if (!leader || leader->paused() || leader->configuration().members.size() < 2) return;
  auto member = leader->configuration().members.begin();
  std::advance(member, static_cast<ptrdiff_t>(random_.below(leader->configuration().members.size())));
  const NodeId id = member->first;
  if (id == leader->id() || world_.host(id)->lost()) return;
  propose(*leader, {{ChangeStep::Kind::remove, id, ""}});
  wait_for_removal(id, 100);
}

void Operator::wait_for_removal(NodeId id, int polls) {
  world_.schedule().after(5'000, [this, id, polls] {
    if (world_.calm()) return;
    Host* leader = a_leader();
    if (leader && !leader->paused() && is_outside(id) && leader->id() != id) return bring_back(*leader, *world_.host(id));
    if (polls > 0) wait_for_removal(id, polls - 1);
  });
}

// Those who are outside for good are switched off, sooner or later.
void Operator::retire() {
  for (const auto& [id, host] : world_.hosts())
    if (host->up() && is_outside(id) && random_.chance(0.3)) host->crash();
}

}  // namespace bao::raft::sim
