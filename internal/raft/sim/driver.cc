#include "internal/raft/sim/driver.h"

#include "internal/raft/sim/world.h"

namespace bao::raft::sim {
namespace {

constexpr size_t kStopEventsMax = 40;  // and two for each batch that waited: what else had begun, each peer's loads and offers

}  // namespace

Driver::Driver(Host& host, std::unique_ptr<Node> node)
    : host_(host), node_(std::move(node)), view_(node_->view()), checks_(host, host.disk().log(), view_), writer_(host), applier_(host), serving_(host) {}

void Driver::started(const HardState& promised) {
  checks_.restarted(view_, promised);
  pump();
}

void Driver::tick() {
  if (stopping()) return;
  writer_.watch();
  input([](Node& node) { node.tick(); });
}

void Driver::step(const Envelope& envelope) {
  if (stopping()) return;
  checks_.delivered(envelope);
  input([&](Node& node) { node.step(envelope); });
}

void Driver::stop(std::function<void()> then) {
  then_ = std::move(then);
  host_.world().transfers().forget(host_.id());  // streams end
  events_left_ = kStopEventsMax + host_.deferred() + 2 * (writer_.waiting() + applier_.waiting());
  rested();
}

void Driver::rested() {
  if (!stopping() || finishing_ || writer_.busy() || applier_.waiting() > 0) return;
  finishing_ = true;
  host_.after(0, [this] { finish_stop(); });
}

void Driver::finish_stop() {
  serving_.end();
  if (serving_.unanswered() > 0)
    host_.world().judge().violate(18, describe(host_.id()) + " stopped and did not answer " + std::to_string(serving_.unanswered()));
  then_();
}

void Driver::count_event() {
  if (!stopping()) return;
  if (events_left_ == 0) return host_.world().judge().violate(18, describe(host_.id()) + " does more and more, and was to stop");
  --events_left_;
}

void Driver::pump() {
  World& world = host_.world();
  Output out = node_->take_output();
  view_ = node_->view();
  world.trace().state(world.now(), host_.id(), view_);
  if (world.trace().recording())
    for (const TraceEvent& event : out.trace) world.trace().event(world.now(), host_.id(), event.event, 0, [&] { return event.detail; });
  checks_.output(out, view_);
  for (const Envelope& envelope : out.send_now) world.network().send(host_, envelope);
  if (out.append) writer_.enqueue(std::move(*out.append));
  if (!out.apply.empty()) applier_.enqueue(std::move(out.apply));
  for (const LoadRequest& request : out.loads) load(request);
  for (const SnapshotOrder& order : out.snapshots) world.transfers().offer(host_, order);
  if (out.install) world.transfers().receive(host_, *out.install);
  for (const ReadReady& read : out.reads) serving_.read_ready(read);
  for (const ProposalFate& fate : out.fates) serving_.fate(fate);
}

void Driver::load(const LoadRequest& request) {
  host_.after(host_.random().exponential(2'000), [this, request] {
    Entries entries = read(request);
    input([&](Node& node) { node.on_loaded(request.ticket, std::move(entries)); });
  });
}

Entries Driver::read(const LoadRequest& request) {
  if (SqliteLog* real = host_.disk().sqlite_log()) {
    auto loaded = real->load(request.first, request.last, request.bytes_max);
    if (loaded.ok()) return std::move(*loaded);
    host_.expect(loaded.error());
    return {};
  }
  Entries entries;
  size_t bytes = 0;
  const LogImage& log = host_.disk().log();
  for (Index at = request.first; at <= request.last; ++at.value) {
    const Entry* entry = log.find(at);
    if (!entry || (!entries.empty() && bytes + entry_bytes(*entry) > request.bytes_max)) break;
    bytes += entry_bytes(*entry);
    entries.push_back(log.entry(at));
  }
  return entries;
}

// Cuts the log's beginning, each node at a place of its own, never above what the state machine holds durably.
void Driver::compact() {
  if (stopping()) return;
  ModelDisk& disk = host_.disk();
  if (host_.random().chance(0.5)) disk.checkpoint();
  const Plan& plan = host_.world().plan();
  const uint64_t trailing = plan.trailing_entries * (mix(plan.seed, host_.id().value) % 3);
  const uint64_t durable = std::min(disk.machine_durable().value, disk.durable_log().last().value);
  if (durable <= trailing + disk.log().start.position.index.value || writer_.busy()) return;
  LogWrite write;
  write.compact_to = Index{durable - trailing};
  disk.write_log(std::move(write));
  checks_.compacted(disk.log().start);
  input([&](Node& node) { node.on_compacted(host_.disk().log().start); });
}

}  // namespace bao::raft::sim
