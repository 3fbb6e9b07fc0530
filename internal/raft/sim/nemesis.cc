#include "internal/raft/sim/nemesis.h"

#include "internal/raft/sim/client.h"
#include "internal/raft/sim/driver.h"
#include "internal/raft/sim/world.h"

namespace bao::raft::sim {

Nemesis::Nemesis(World& world) : world_(world), random_(mix(world.plan().seed, 0x6e656d)) {}

void Nemesis::every(Time mean, void (Nemesis::*act)()) {
  world_.schedule().after(1 + random_.exponential(mean), [this, mean, act] {
    if (!world_.calm()) (this->*act)();
    every(mean, act);
  });
}

void Nemesis::start() {
  const Plan& plan = world_.plan();
  if (plan.has(Fault::crash)) every(plan.crash_every, &Nemesis::crash);
  if (plan.has(Fault::crash)) every(20 * plan.crash_every, &Nemesis::crash_all);
  if (plan.has(Fault::stop)) every(plan.stop_every, &Nemesis::stop);
  if (plan.has(Fault::pause)) every(plan.pause_every, &Nemesis::pause);
  if (plan.has(Fault::suspend)) every(5 * plan.pause_every, &Nemesis::suspend);
  if (plan.has(Fault::clog)) every(plan.clog_every, &Nemesis::clog);
  if (plan.has(Fault::partition)) every(plan.partition_every, &Nemesis::partition);
  if (plan.has(Fault::strand)) every(plan.strand_every, &Nemesis::strand);
  if (plan.has(Fault::one_way)) every(plan.partition_every, &Nemesis::cut_one_way);
  if (plan.has(Fault::hung_disk) || plan.has(Fault::full_disk)) every(plan.disk_trouble_every, &Nemesis::disk_trouble);
}

Host& Nemesis::any() {
  auto at = world_.hosts().begin();
  std::advance(at, static_cast<ptrdiff_t>(random_.below(world_.hosts().size())));
  return *at->second;
}

// Of the newest term; null: nobody.
Host* Nemesis::a_leader() {
  Host* found = nullptr;
  for (const auto& [id, host] : world_.hosts()) {
    if (!host->up() || host->driver()->view().role != Role::leader) continue;
    if (!found || found->driver()->view().term < host->driver()->view().term) found = host.get();
  }
  return found;
}

// Half of the time a leader.
Host& Nemesis::somebody_important() {
  Host* leader = random_.chance(0.5) ? a_leader() : nullptr;
  return leader ? *leader : any();
}

void Nemesis::crash() {
  Host& host = somebody_important();
  host.crash();
  world_.schedule().after(random_.exponential(world_.plan().down), [&host] { host.start(); });
}

void Nemesis::crash_all() {
  for (const auto& [id, host] : world_.hosts()) {
    host->crash();
    world_.schedule().after(random_.exponential(world_.plan().down), [host = host.get()] { host->start(); });
  }
}

void Nemesis::pause() { any().pause_until(world_.now() + random_.exponential(world_.plan().pause_for)); }

void Nemesis::suspend() {
  const Time until = world_.now() + random_.exponential(world_.plan().pause_for);
  for (const auto& [id, host] : world_.hosts()) host->pause_until(until + random_.below(5'000));
}

void Nemesis::clog() {
  world_.network().clog(any().id(), any().id(), world_.now() + random_.exponential(5 * world_.plan().election_timeout()));
}

void Nemesis::cut_one_way() { world_.network().cut(any().id(), any().id()); }

void Nemesis::partition() {
  Network& network = world_.network();
  network.mend_all();
  if (random_.chance(0.4)) return;  // whole for a while
  const uint64_t shape = random_.below(4);
  const NodeId alone = somebody_important().id();
  for (const auto& [a, host] : world_.hosts()) {
    for (const auto& [b, other] : world_.hosts()) {
      const uint64_t apart = a.value > b.value ? a.value - b.value : b.value - a.value;
      const bool half_a = mix(world_.now(), a.value) & 1, half_b = mix(world_.now(), b.value) & 1;
      bool cut = false;
      if (shape == 0) cut = half_a != half_b;
      if (shape == 1) cut = (a == alone) != (b == alone);
      if (shape == 2) cut = apart > 1 && apart + 1 < world_.hosts().size();          // a ring
      if (shape == 3) cut = half_a != half_b && a != alone && b != alone;            // a bridge
      if (cut) network.cut(a, b);
    }
  }
}

// A leader, or it and one that still hears it, gets a tail of entries that nobody else has.
void Nemesis::strand() {
  Host* leader = a_leader();
  if (!leader || leader->paused()) return;
  Stranded stranded{{leader->id()}, leader->driver()->view().term, leader->driver()->view().commit};
  if (random_.chance(0.3)) stranded.nodes.insert(any().id());
  if (random_.chance(0.5)) world_.network().isolate(stranded.nodes);
  else world_.network().silence(stranded.nodes);  // it learns at once that its tail counts for nothing
  // Long enough that the tail is still being written when the others have decided against it.
  const Time timeout = world_.plan().election_timeout();
  if (world_.strikes(Fault::hung_disk) && random_.chance(0.5))
    for (const NodeId id : stranded.nodes)
      world_.host(id)->hang_disk_until(world_.now() + 2 * timeout + random_.exponential(2 * timeout));
  for (uint64_t times = random_.between(1, 4); times > 0 && !world_.clients().empty(); --times)
    world_.clients()[random_.below(world_.clients().size())]->insist(*leader);
  wait_for_successor(stranded, 300);
}

// It comes back soon after somebody else leads, when its tail may be longer than what the others have meanwhile, and what
// it would need of their logs may be gone.
void Nemesis::wait_for_successor(const Stranded& stranded, int polls) {
  world_.schedule().after(10'000, [this, stranded, polls] {
    if (world_.calm()) return;
    Host* leader = a_leader();
    const bool succeeded = leader && leader->driver()->view().term > stranded.term && leader->driver()->view().term_committed;
    if (polls > 0 && (!succeeded || (world_.strikes(Fault::compaction) && !forgotten(stranded, *leader))))
      return wait_for_successor(stranded, succeeded ? std::min(polls - 1, 20) : polls - 1);
    for (const NodeId id : stranded.nodes) world_.network().rejoin(id);
  });
}

// Cuts the others' logs: has their leader lost what the stranded need?
bool Nemesis::forgotten(const Stranded& stranded, const Host& leader) {
  for (const auto& [id, host] : world_.hosts())
    if (host->up() && !host->paused() && !stranded.nodes.contains(id)) host->driver()->compact();
  return leader.log().start.position.index > stranded.committed;
}

void Nemesis::disk_trouble() {
  const Time until = world_.now() + random_.exponential(world_.plan().disk_trouble_for);
  const bool hang = world_.plan().has(Fault::hung_disk) && (!world_.plan().has(Fault::full_disk) || random_.chance(0.5));
  if (hang) any().hang_disk_until(until);
  else any().fill_disk_until(until);
}

}  // namespace bao::raft::sim
