// The surface of the core: checks what it is made from, and passes inputs on while the group runs.
#include "internal/raft/core/node.h"

#include "internal/base/ensure.h"
#include "internal/raft/core/state.h"

namespace bao::raft {
namespace {

using base::Status;

Status check(const Options& options) {
  if (options.id == kNobody) return base::invalid("a node needs an id");
  if (options.heartbeat_ticks < 1 || options.election_ticks <= options.heartbeat_ticks) {
    return base::invalid("an election timeout is longer than the time between heartbeats");
  }
  if (options.chain == nullptr) return base::invalid("a node needs a chain function");
  const Limits& limits = options.limits;
  if (limits.window_messages_max == 0 || limits.window_bytes_max == 0 || limits.apply_bytes_max == 0) {
    return base::invalid("a window of nothing");
  }
  return {};
}

Status check_runs(const Recovered& recovered) {
  Index next = recovered.start.position.index + 1;
  Term term = recovered.start.position.term;
  for (const TermRun& run : recovered.runs) {
    const bool first = &run == &recovered.runs.front();
    if (first ? run.first != next : run.first < next) return base::corrupt("runs of terms that do not follow each other");
    if (first ? run.term < term : run.term <= term) return base::corrupt("terms that fall along the log");
    next = run.first + 1;
    term = run.term;
  }
  if (recovered.last < recovered.start.position.index || recovered.last + 1 < next) return base::corrupt("a log that ends before its runs");
  if (recovered.runs.empty() && recovered.last != recovered.start.position.index) return base::corrupt("entries without a term");
  if (term > recovered.hard.term) return base::corrupt("entries newer than the term");
  return {};
}

Status check_tail(const Recovered& recovered) {
  const Entries& tail = recovered.tail;
  if (tail.empty()) {
    if (recovered.last != recovered.start.position.index) return base::corrupt("a log without its last entry");
    return {};
  }
  const LogView log(recovered.start, recovered.runs, recovered.last, {}, 0);
  Index index = recovered.last + 1 - tail.size();
  if (tail.size() > recovered.last.value || index <= recovered.start.position.index) return base::corrupt("entries below the log's start");
  for (const EntryPtr& entry : tail) {
    if (entry == nullptr || entry->index != index || log.term_at(index) != entry->term) {
      return base::corrupt("entry " + std::to_string(index.value) + " is not in its place");
    }
    index = index + 1;
  }
  return {};
}

Status check(const Recovered& recovered) {
  TRY(check_runs(recovered));
  TRY(check_tail(recovered));
  if (recovered.applied < recovered.start.position.index || recovered.applied > recovered.last) {
    return base::corrupt("the log does not reach to what is applied");
  }
  if (recovered.hard.commit > recovered.last) return base::corrupt("the log lost committed entries");
  if (recovered.configurations.current_index() > recovered.last) return base::corrupt("a configuration behind the log's end");
  return {};
}

}  // namespace

base::Result<std::unique_ptr<Node>> Node::create(const Options& options, Recovered recovered) {
  TRY(check(options));
  TRY(check(recovered));
  return std::unique_ptr<Node>(new Node(std::make_unique<State>(options, std::move(recovered))));
}

Node::Node(std::unique_ptr<State> state) : state_(std::move(state)) {}
Node::~Node() = default;

// Passes one input on unless the group has stopped, and checks what must hold after it.
#define BAO_INPUT(call)          \
  do {                           \
    if (state_->stopped()) return; \
    state_->call;                \
    state_->check_after_input(); \
  } while (false)

void Node::tick() { BAO_INPUT(tick()); }
void Node::step(Envelope envelope) { BAO_INPUT(step(envelope)); }
void Node::read_index(uint64_t cookie) { BAO_INPUT(read_index(cookie)); }
void Node::campaign() { BAO_INPUT(campaign()); }
void Node::on_append_done(AppendSequence sequence) { BAO_INPUT(on_append_done(sequence)); }
void Node::on_append_failed(AppendSequence sequence) { BAO_INPUT(on_append_failed(sequence)); }
void Node::on_applied(Index applied) { BAO_INPUT(on_applied(applied)); }
void Node::on_loaded(uint64_t ticket, Entries entries) { BAO_INPUT(on_loaded(ticket, std::move(entries))); }
void Node::on_snapshot_ready(NodeId to, Session session, const SnapshotMeta& meta) { BAO_INPUT(on_snapshot_ready(to, session, meta)); }
void Node::on_snapshot_sent(NodeId to, Session session, SnapshotOutcome outcome) { BAO_INPUT(on_snapshot_sent(to, session, outcome)); }
void Node::on_snapshot_installed(const SnapshotMeta& meta) { BAO_INPUT(on_snapshot_installed(meta)); }
void Node::on_snapshot_refused(const SnapshotMeta& meta) { BAO_INPUT(on_snapshot_refused(meta)); }
void Node::on_compacted(LogStart start) { BAO_INPUT(on_compacted(start)); }
void Node::on_peer_unreachable(NodeId peer) { BAO_INPUT(on_peer_unreachable(peer)); }
void Node::on_storage_health(StorageHealth health) { BAO_INPUT(on_storage_health(health)); }
#undef BAO_INPUT

base::Result<Position> Node::propose(std::span<const std::string> payloads) {
  if (state_->stopped()) return base::Error(base::Code::unavailable, "the group has stopped");
  return state_->propose(payloads);
}

base::Result<Position> Node::propose_configuration(const ConfigurationChange& change) {
  if (state_->stopped()) return base::Error(base::Code::unavailable, "the group has stopped");
  return state_->propose_configuration(change);
}

base::Status Node::transfer_leadership(std::optional<NodeId> target) {
  if (state_->stopped()) return base::Error(base::Code::unavailable, "the group has stopped");
  return state_->transfer_leadership(target);
}

Output Node::take_output() { return state_->take_output(); }
View Node::view() const { return state_->view(); }
Term Node::term() const { return state_->term(); }
void Node::check_invariants() const { state_->check_invariants(); }
std::unique_ptr<Node> Node::copy() const { return std::unique_ptr<Node>(new Node(std::make_unique<State>(*state_))); }
uint64_t Node::fingerprint() const { return state_->fingerprint(); }

}  // namespace bao::raft
