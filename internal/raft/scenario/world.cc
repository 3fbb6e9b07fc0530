// The world of the scenarios.
#include "internal/raft/scenario/world.h"

#include <algorithm>

#include "internal/base/ensure.h"

namespace bao::raft {

Chain scenario_chain(const Chain& previous, const Entry& entry) {
  uint64_t hash = 14695981039346656037u;
  const auto mix = [&](uint64_t value) { hash = (hash ^ value) * 1099511628211u; };
  for (uint8_t byte : previous) mix(byte);
  mix(entry.index.value);
  mix(entry.term.value);
  mix(static_cast<uint64_t>(entry.kind));
  for (char c : entry.payload) mix(static_cast<uint8_t>(c));
  Chain chain{};
  for (size_t i = 0; i < 8; ++i) chain[i] = static_cast<uint8_t>(hash >> (8 * i));
  return chain;
}

void World::make(uint64_t id, const Configuration& configuration) {
  Machine& machine = machines_[id];
  machine.options.id = NodeId{id};
  machine.options.heartbeat_ticks = 2;
  machine.options.election_ticks = 10;
  machine.options.chain = scenario_chain;
  machine.options.limits = limits;
  machine.disk.first_configuration = machine.machine.configuration = configuration;
}

void World::write_log(uint64_t id, const std::vector<uint64_t>& terms, uint64_t term) {
  Disk& disk = machine(id).disk;
  disk.log.clear();
  Chain chain{};
  for (uint64_t t : terms) {
    // As the paper's figures: one entry for each index and term, whoever has it.
    Entry entry{disk.last() + 1, Term{t}, EntryKind::data, "e" + std::to_string(disk.last().value + 1) + "." + std::to_string(t), {}};
    chain = entry.chain = scenario_chain(chain, entry);
    disk.log.push_back(std::make_shared<const Entry>(std::move(entry)));
  }
  set_term(id, term);
}

void World::set_term(uint64_t id, uint64_t term) { machine(id).disk.hard = {Term{term}, kNobody, {}}; }

// The state machine may be ahead of the log when a snapshot was installed and the log's reset was lost.
void World::recover(Machine& m) {
  const Position& applied = m.machine.applied;
  const bool ahead = applied.index > m.disk.last();
  const bool other = applied.index > m.disk.start.position.index && !ahead && m.disk.at(applied.index)->term != applied.term;
  if (!ahead && !other) return;
  m.disk.log.clear();
  m.disk.start = {applied, m.machine.chain};
  m.disk.first_configuration = m.machine.configuration;
  m.disk.first_configuration_at = m.machine.configuration_index;
}

// As the driver recovers: from the disk and the state machine alone.
void World::start(uint64_t id) {
  Machine& m = machine(id);
  recover(m);
  Recovered recovered{m.disk.hard, m.disk.start, {}, m.disk.last(), m.disk.log,
                      ConfigurationHistory(m.disk.first_configuration_at, m.disk.first_configuration), m.machine.applied.index};
  for (const EntryPtr& entry : m.disk.log) {
    if (recovered.runs.empty() || recovered.runs.back().term != entry->term) recovered.runs.push_back({entry->index, entry->term});
    if (entry->kind == EntryKind::configuration) recovered.configurations.append(entry->index, *decode_configuration(entry->payload));
  }
  m.options.seed = id * 1000 + static_cast<uint64_t>(++m.starts);
  auto node = Node::create(m.options, std::move(recovered));
  ENSURE(node.ok(), "a recovered node starts");
  m.node = *std::move(node);
}

void World::crash(uint64_t id) {
  Machine& m = machine(id);
  m.node.reset();
  m.disk.waiting.clear();
  m.machine.waiting.clear();
  m.install.reset();
  std::erase_if(orders_, [&](const auto& order) { return order.first == id; });
}

Machine& World::machine(uint64_t id) {
  const auto found = machines_.find(id);
  ENSURE(found != machines_.end(), "a scenario names nodes that there are");
  return found->second;
}

Node& World::node(uint64_t id) {
  ENSURE(machine(id).node != nullptr, "a scenario uses nodes that are up");
  return *machine(id).node;
}

void World::work() {
  for (bool busy = true; busy;) {
    busy = false;
    for (auto& [id, m] : machines_) {
      if (m.node == nullptr) continue;
      Output output = m.node->take_output();
      busy = busy || !output.empty();
      run(id, std::move(output));
    }
  }
}

void World::run(uint64_t id, Output output) {
  Machine& m = machine(id);
  print_output(id, output);
  for (Envelope& envelope : output.send_now) network_.push_back(std::move(envelope));
  if (output.append) m.disk.waiting.push_back(*std::move(output.append));
  m.machine.waiting.insert(m.machine.waiting.end(), output.apply.begin(), output.apply.end());
  for (const LoadRequest& request : output.loads) load(m, request);
  for (const SnapshotOrder& order : output.snapshots) orders_.push_back({id, order});
  if (output.install) m.install = output.install;
  if (output.stop) return crash(id);
  if (!m.disk.held) persist(id, m.disk.waiting.size());
  if (!m.machine.held) apply(id, m.machine.waiting.size());
  if (!snapshots_held) make_snapshots();
  if (!installs_held && m.install) install(id, true);
}

void World::persist(uint64_t id, size_t batches) {
  Machine& m = machine(id);
  for (; batches > 0 && m.node != nullptr && !m.disk.waiting.empty(); --batches) persist_one(m);
}

void World::persist_one(Machine& m) {
  Disk& disk = m.disk;
  AppendBatch batch = std::move(disk.waiting.front());
  disk.waiting.pop_front();
  if (disk.full && (!batch.entries.empty() || batch.hard)) {
    disk.waiting.clear();
    return m.node->on_append_failed(batch.sequence);
  }
  if (batch.reset) {
    disk.start = {batch.reset->last, batch.reset->chain};
    disk.first_configuration = batch.reset->configuration;
    disk.first_configuration_at = batch.reset->configuration_index;
    disk.log.clear();
  }
  if (batch.truncate_from && *batch.truncate_from <= disk.last()) {
    disk.log.resize(batch.truncate_from->value - disk.start.position.index.value - 1);
  }
  for (const EntryPtr& entry : batch.entries) {
    ENSURE(entry->index == disk.last() + 1, "the log on disk has no holes");
    disk.log.push_back(entry);
  }
  if (batch.hard) disk.hard = *batch.hard;
  m.node->on_append_done(batch.sequence);
  for (Envelope& envelope : batch.send_after) network_.push_back(std::move(envelope));
}

void World::apply(uint64_t id, size_t entries) {
  Machine& m = machine(id);
  for (; entries > 0 && m.node != nullptr && !m.machine.waiting.empty(); --entries) apply_one(m);
}

void World::apply_one(Machine& m) {
  const EntryPtr entry = m.machine.waiting.front();
  m.machine.waiting.pop_front();
  ENSURE(entry->index == m.machine.applied.index + 1, "entries are applied in order");
  m.machine.applied = {entry->index, entry->term};
  m.machine.chain = entry->chain;
  if (entry->kind == EntryKind::data) m.machine.data.push_back(entry->payload);
  if (entry->kind == EntryKind::configuration) {
    m.machine.configuration = *decode_configuration(entry->payload);
    m.machine.configuration_index = entry->index;
  }
  m.node->on_applied(entry->index);
}

void World::load(Machine& m, const LoadRequest& request) {
  Entries entries;
  size_t bytes = 0;
  if (request.first > m.disk.start.position.index) {
    for (Index i = request.first; i <= std::min(request.last, m.disk.last()); i = i + 1) {
      bytes += entry_bytes(*m.disk.at(i));
      if (!entries.empty() && bytes > request.bytes_max) break;
      entries.push_back(m.disk.at(i));
    }
  }
  print_("  " + std::to_string(m.options.id.value) + " loads " + std::to_string(request.first.value) + ".. (" +
         std::to_string(entries.size()) + " entries)");
  m.node->on_loaded(request.ticket, std::move(entries));
}

void World::compact(uint64_t id, Index up_to) {
  Machine& m = machine(id);
  Disk& disk = m.disk;
  while (!disk.log.empty() && disk.log.front()->index <= up_to) {
    const Entry& entry = *disk.log.front();
    disk.start = {{entry.index, entry.term}, entry.chain};
    if (entry.kind == EntryKind::configuration) {
      disk.first_configuration = *decode_configuration(entry.payload);
      disk.first_configuration_at = entry.index;
    }
    disk.log.erase(disk.log.begin());
  }
  m.node->on_compacted(disk.start);
}

void World::make_snapshots() {
  for (const auto& [id, order] : std::exchange(orders_, {})) make_snapshot(id, order);
}

void World::make_snapshot(uint64_t id, const SnapshotOrder& order) {
  const StateMachine& machine_now = machine(id).machine;
  const SnapshotMeta meta{machine_now.applied, machine_now.chain, machine_now.configuration, machine_now.configuration_index};
  snapshots_[meta.last.index] = machine_now.data;
  node(id).on_snapshot_ready(order.to, order.session, meta);
}

// The receiver's state machine takes the sender's content, as a stream would have carried it.
void World::install(uint64_t id, bool success) {
  Machine& m = machine(id);
  if (!m.install || m.node == nullptr) return;
  const InstallOrder order = *std::exchange(m.install, std::nullopt);
  const auto sender = machines_.find(order.from.value);
  const auto outcome = success ? SnapshotOutcome::delivered : SnapshotOutcome::failed;
  if (success) {
    m.machine.applied = order.meta.last;
    m.machine.chain = order.meta.chain;
    m.machine.configuration = order.meta.configuration;
    m.machine.configuration_index = order.meta.configuration_index;
    m.machine.data = snapshots_.at(order.meta.last.index);
    m.node->on_snapshot_installed(order.meta);
  } else {
    m.node->on_snapshot_refused(order.meta);
  }
  if (sender->second.node == nullptr) return;
  for (const PeerView& peer : sender->second.node->view().peers) {
    if (peer.id == NodeId{id}) sender->second.node->on_snapshot_sent(peer.id, peer.session, outcome);
  }
}

size_t World::deliver(const std::function<bool(const Envelope&)>& matches) {
  std::deque<Envelope> now, later;
  for (Envelope& envelope : network_) (matches(envelope) ? now : later).push_back(std::move(envelope));
  network_ = std::move(later);
  for (Envelope& envelope : now) {
    const auto to = machines_.find(envelope.to.value);
    const bool lost = cuts_.contains({envelope.from.value, envelope.to.value}) || to == machines_.end() || to->second.node == nullptr;
    print_(describe(envelope) + (lost ? " (lost)" : ""));
    if (!lost) to->second.node->step(std::move(envelope));
    work();
  }
  return now.size();
}

size_t World::drop(const std::function<bool(const Envelope&)>& matches) {
  for (const Envelope& envelope : network_) {
    if (matches(envelope)) print_(describe(envelope) + " (dropped)");
  }
  return std::erase_if(network_, matches);
}

size_t World::hold(const std::function<bool(const Envelope&)>& matches) {
  std::deque<Envelope> rest;
  const size_t before = held_.size();
  for (Envelope& envelope : network_) {
    if (matches(envelope)) print_(describe(envelope) + " (held)");
    (matches(envelope) ? held_ : rest).push_back(envelope);
  }
  network_ = std::move(rest);
  return held_.size() - before;
}

size_t World::release() {
  const size_t released = held_.size();
  network_.insert(network_.end(), held_.begin(), held_.end());
  held_.clear();
  return released;
}

void World::settle() {
  work();
  for (int rounds = 0; !network_.empty(); ++rounds) {
    ENSURE(rounds < 1000, "a scenario comes to rest");
    deliver([](const Envelope&) { return true; });
  }
}

void World::print_output(uint64_t id, const Output& output) {
  const std::string who = "  " + std::to_string(id) + " ";
  for (const TraceEvent& event : output.trace) {
    std::string line = who + std::string(event.event);
    if (event.peer != kNobody) line += " " + std::to_string(event.peer.value);
    if (!event.detail.empty()) line += " (" + event.detail + ")";
    print_(line + " term " + std::to_string(event.term.value) + " last " + std::to_string(event.last.index.value) + "/" +
           std::to_string(event.last.term.value) + " commit " + std::to_string(event.commit.value));
    if (event.event == "become_leader") {
      const auto [leader, is_new] = leaders_.emplace(event.term, NodeId{id});
      if (!is_new) print_("BROKEN: term " + std::to_string(event.term.value) + " has a second leader");
    }
  }
  for (const ReadReady& read : output.reads) {
    print_(who + "read " + std::to_string(read.cookie) + (read.refused ? " refused" : " at " + std::to_string(read.index.value)));
  }
  for (const ProposalFate& fate : output.fates) {
    const char* kinds[] = {"committed", "superseded", "unknown"};
    print_(who + "proposal " + std::to_string(fate.position.index.value) + "/" + std::to_string(fate.position.term.value) + " " +
           kinds[static_cast<int>(fate.kind)]);
  }
}

// What one node can't see: the committed prefixes agree, and no leader believes that a peer has more than its disk.
std::string World::broken() const {
  std::map<Index, Chain> committed;
  for (const auto& [id, m] : machines_) {
    if (m.node == nullptr) continue;
    m.node->check_invariants();
    const View view = m.node->view();
    for (const EntryPtr& entry : m.disk.log) {
      if (entry->index > std::min(view.commit, view.durable)) break;
      const auto [known, is_new] = committed.emplace(entry->index, entry->chain);
      if (!is_new && known->second != entry->chain) return "two committed entries at " + std::to_string(entry->index.value);
    }
    for (const PeerView& peer : view.peers) {
      const auto other = machines_.find(peer.id.value);
      if (view.role == Role::leader && other != machines_.end() && peer.match > std::max(other->second.disk.last(), other->second.machine.applied.index) &&
          other->second.disk.hard.term <= view.term) {
        return "node " + std::to_string(id) + " believes too much of node " + std::to_string(peer.id.value);
      }
    }
  }
  return {};
}

}  // namespace bao::raft
