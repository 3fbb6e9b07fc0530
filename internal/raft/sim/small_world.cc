#include "internal/raft/sim/small_world.h"

#include <algorithm>

#include "internal/base/ensure.h"
#include "internal/raft/sim/recovery.h"
#include "internal/raft/sim/state_machine.h"
#include "internal/raft/sim/trace.h"

namespace bao::raft::sim {
namespace {

constexpr int kElectionTicks = 2;
constexpr int kLongestTimeout = 4 * kElectionTicks;  // the first after a start is doubled

NodeId id_of(size_t at) { return NodeId{at + 1}; }

LogImage first_log() {
  std::map<NodeId, std::string> contexts;
  for (size_t at = 0; at < SmallWorld::kNodes; ++at) contexts[id_of(at)] = "first";
  Entry entry{Index{1}, Term{1}, EntryKind::configuration, encode(first_configuration(contexts).value()), {}};
  entry.chain = cheap_chain({}, entry);
  LogImage log;
  log.hard = {Term{1}, kNobody, Index{1}};
  log.append({std::make_shared<const Entry>(std::move(entry))});
  log.compact_to(Index{1});
  return log;
}

uint64_t fingerprint_of(const std::string& text) {
  uint64_t sum = text.size();
  for (const char c : text) sum = mix(sum, static_cast<uint8_t>(c));
  return sum;
}

uint64_t fingerprint_of(const LogImage& log) {
  uint64_t sum = mix(log.hard.term.value << 8 | log.hard.vote.value, log.hard.commit.value);
  sum = mix(sum, log.last().value);
  const Chain* end = log.chain_at(log.last());
  for (const uint8_t byte : *end) sum = mix(sum, byte);
  return sum;
}

}  // namespace

SmallWorld::SmallWorld(const SmallBounds& bounds) : left_(bounds), last_term_{1 + static_cast<uint64_t>(bounds.terms)} {
  for (size_t at = 0; at < kNodes; ++at) {
    members_[at] = std::make_shared<Member>();
    members_[at]->disk.durable = members_[at]->disk.held = first_log();
    members_[at]->applied = Index{1};
    start(*members_[at], at);
  }
  for (size_t at = 0; at < kNodes; ++at) carry_out(at, members_[at]->node->view());
}

void SmallWorld::start(Member& member, size_t at) {
  Options options;
  options.group = GroupId{1};
  options.id = id_of(at);
  options.heartbeat_ticks = 1;
  options.election_ticks = kElectionTicks;
  options.chain = cheap_chain;
  Recovered recovered = recovered_from(member.disk.durable, member.disk.durable.entries.size());
  recovered.applied = member.applied;
  auto node = Node::create(options, std::move(recovered));
  ENSURE(node.ok(), "a node starts from what it had written");
  member.node = std::move(node).value();
}

void SmallWorld::settle() {
  for (bool busy = true; busy;) {
    busy = false;
    for (size_t at = 0; at < kNodes; ++at)
      for (; !members_[at]->waiting.empty(); busy = true) write(at);
    for (; !messages_.empty() && judge_.clean(); busy = true) deliver(0);
    if (!judge_.clean()) return;
  }
}

void SmallWorld::elect_first() {
  const SmallBounds bounds = left_;
  pass_timeout(0);
  settle();
  if (!judge_.clean()) return;
  ENSURE(members_[0]->node->view().role == Role::leader, "nobody stood in its way");
  take({SmallStep::Kind::heartbeat, 0});  // tells the others what is committed
  settle();
  left_ = bounds;
  last_term_.value = 1 + members_[0]->node->view().term.value + static_cast<uint64_t>(bounds.terms) - 1;
}

SmallWorld::Member& SmallWorld::mine(size_t at) {
  members_[at] = std::make_shared<Member>(*members_[at]);
  members_[at]->node = members_[at]->node->copy();
  return *members_[at];
}

std::array<const SmallDisk*, SmallWorld::kNodes> SmallWorld::disks() const {
  return {&members_[0]->disk, &members_[1]->disk, &members_[2]->disk};
}

std::vector<SmallStep> SmallWorld::steps() const {
  std::vector<SmallStep> all;
  const auto add = [&](SmallStep::Kind kind, size_t which) { all.push_back({kind, static_cast<uint8_t>(which)}); };
  for (size_t i = 0; i < messages_.size(); ++i) add(SmallStep::Kind::deliver, i);
  for (size_t at = 0; at < kNodes; ++at) {
    const View view = members_[at]->node->view();
    const bool leads = view.role == Role::leader;
    if (!members_[at]->waiting.empty()) add(SmallStep::Kind::write, at);
    if (!leads && left_.timeouts > 0 && view.term < last_term_) add(SmallStep::Kind::timeout, at);
    if (leads && left_.heartbeats > 0) add(SmallStep::Kind::heartbeat, at);
    if (leads && left_.proposals > 0) add(SmallStep::Kind::propose, at);
    if (left_.crashes > 0) add(SmallStep::Kind::crash, at);
  }
  return all;
}

std::string SmallWorld::describe(const SmallStep& step) const {
  if (step.kind == SmallStep::Kind::deliver) return "deliver " + sim::describe(messages_[step.which]->envelope);
  static constexpr const char* kNames[] = {"", "writes its oldest batch", "hears nobody and times out", "sends heartbeats", "is given a proposal", "crashes and starts"};
  return sim::describe(id_of(step.which)) + " " + kNames[static_cast<size_t>(step.kind)];
}

void SmallWorld::take(const SmallStep& step) {
  switch (step.kind) {
    case SmallStep::Kind::deliver: return deliver(step.which);
    case SmallStep::Kind::write: return write(step.which);
    case SmallStep::Kind::timeout:
      --left_.timeouts;
      return pass_timeout(step.which);
    case SmallStep::Kind::crash:
      --left_.crashes;
      return crash(step.which);
    case SmallStep::Kind::heartbeat:
    case SmallStep::Kind::propose: break;
  }
  Member& member = mine(step.which);
  const View before = member.node->view();
  if (step.kind == SmallStep::Kind::heartbeat) {
    --left_.heartbeats;
    member.node->tick();
  } else {
    const std::string payload = "entry " + std::to_string(left_.proposals--);
    (void)member.node->propose({&payload, 1}).ok();
  }
  carry_out(step.which, before);
}

// Its clock runs until it does something about the silence.
void SmallWorld::pass_timeout(size_t at) {
  Member& member = mine(at);
  for (int ticks = 0; ticks < kLongestTimeout; ++ticks) {
    const View before = member.node->view();
    member.node->tick();
    carry_out(at, before);
    if (member.node->view().role != before.role) return;
  }
}

void SmallWorld::crash(size_t at) {
  Member& member = mine(at);
  member.waiting.clear();
  member.disk.held = member.disk.durable;
  start(member, at);
  judge_restart(id_of(at), member.disk.durable.hard, member.node->view(), judge_);
  carry_out(at, member.node->view());
}

void SmallWorld::deliver(size_t letter) {
  const Envelope envelope = messages_[letter]->envelope;
  messages_.erase(messages_.begin() + static_cast<ptrdiff_t>(letter));
  const size_t at = envelope.to.value - 1;
  Member& member = mine(at);
  const View before = member.node->view();
  member.node->step(envelope);
  carry_out(at, before);
}

void SmallWorld::write(size_t at) {
  Member& member = mine(at);
  const View before = member.node->view();
  write_oldest(member);
  carry_out(at, before);
}

void SmallWorld::write_oldest(Member& member) {
  const AppendBatch batch = std::move(member.waiting.front());
  member.waiting.erase(member.waiting.begin());
  if (writes(batch)) perform(member.disk.durable, write_of(batch));
  for (const Envelope& envelope : batch.send_after) send(member, envelope);
  member.node->on_append_done(batch.sequence);
}

void SmallWorld::carry_out(size_t at, const View& before) {
  Member& member = *members_[at];
  View last = before;
  last.peers.clear();
  while (judge_.clean()) {
    Output out = member.node->take_output();
    if (out.empty()) break;
    const LogImage held_before = member.disk.held;
    if (out.append && writes(*out.append)) perform(member.disk.held, write_of(*out.append));
    const View now = member.node->view();
    judge_turn({id_of(at), last, now, held_before, member.disk, out}, disks(), history_, judge_);
    last = now;
    for (const Envelope& envelope : out.send_now) send(member, envelope);
    if (out.append) member.waiting.push_back(std::move(*out.append));
    if (!out.apply.empty()) {
      member.applied = out.apply.back()->index;
      member.node->on_applied(member.applied);
    }
    // What only waits for its turn needs no disk.
    while (!member.waiting.empty() && !writes(member.waiting.front())) write_oldest(member);
  }
  if (judge_.clean()) member.node->check_invariants();
  uint64_t sum = mix(member.node->fingerprint(), fingerprint_of(member.disk.durable));
  sum = mix(sum, mix(fingerprint_of(member.disk.held), member.waiting.size()));
  member.fingerprint = mix(sum, mix(member.applied.value, at));
}

void SmallWorld::send(Member& from, const Envelope& envelope) {
  const Member& receiver = *members_[envelope.to.value - 1];
  const View view = receiver.node->view();
  const bool leads = view.role == Role::leader && view.term == envelope.term;
  judge_message(envelope, from.disk, leads ? &receiver.disk.held : nullptr, history_, judge_);
  auto letter = std::make_shared<const Letter>(Letter{envelope, fingerprint_of(sim::describe(envelope))});
  const auto place = std::ranges::lower_bound(messages_, letter->fingerprint, {}, [](const auto& other) { return other->fingerprint; });
  if (place == messages_.end() || (*place)->fingerprint != letter->fingerprint) messages_.insert(place, std::move(letter));
}

uint64_t SmallWorld::fingerprint() const {
  uint64_t sum = history_.fingerprint();
  for (const auto& member : members_) sum = mix(sum, member->fingerprint);
  for (const auto& letter : messages_) sum = mix(sum, letter->fingerprint);
  const auto small = [](int number) { return static_cast<uint64_t>(number); };
  return mix(sum, small(left_.proposals) << 24 | small(left_.crashes) << 16 | small(left_.timeouts) << 8 | small(left_.heartbeats));
}

}  // namespace bao::raft::sim
