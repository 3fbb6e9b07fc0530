#include "internal/raft/sim/snapshot_transfer.h"

#include "internal/raft/sim/driver.h"
#include "internal/raft/sim/world.h"

namespace bao::raft::sim {

SnapshotTransfers::SnapshotTransfers(World& world) : world_(world), random_(mix(world.plan().seed, 0x736e6170)) {}

void SnapshotTransfers::offer(Host& sender, const SnapshotOrder& order) {
  sender.after(random_.exponential(2'000), [this, &sender, order] {
    const Path path{sender.id(), order.to};
    const uint64_t number = ++numbers_;
    auto image = std::make_shared<const StateMachine>(sender.disk().machine());
    offered_[path] = {number, order.session, image};
    sender.after(4 * world_.plan().election_timeout(), [this, path, number] { report(path, number, SnapshotOutcome::failed); });
    sender.driver()->input([&](Node& node) { node.on_snapshot_ready(order.to, order.session, image->meta()); });
  });
}

void SnapshotTransfers::receive(Host& receiver, const InstallOrder& order) {
  const uint64_t number = ++numbers_;
  if (const auto former = receiving_.find(receiver.id()); former != receiving_.end())
    receiver.after(0, [&receiver, meta = former->second.order.meta] { tell_refused(receiver, meta); });
  receiving_[receiver.id()] = {number, order, random_.between(1, 8)};
  receiver.after(chunk_time(), [this, &receiver, number] { chunk(receiver, number); });
}

Time SnapshotTransfers::chunk_time() {
  return world_.network().delay() + (world_.strikes(Fault::slow_snapshots) ? random_.exponential(world_.plan().installation / 16) : 0);
}

void SnapshotTransfers::forget(NodeId node) {
  receiving_.erase(node);
  std::erase_if(offered_, [node](const auto& offered) { return offered.first.first == node; });
}

bool SnapshotTransfers::breaks(const Path& path) {
  const Host* sender = world_.host(path.first);
  if (!sender->up() || sender->paused() || world_.network().is_cut(path.first, path.second) ||
      world_.network().is_cut(path.second, path.first))
    return true;
  return world_.strikes(Fault::snapshot_failures) && random_.chance(world_.plan().snapshot_failure / 4);
}

void SnapshotTransfers::chunk(Host& receiver, uint64_t number) {
  const auto found = receiving_.find(receiver.id());
  if (found == receiving_.end() || found->second.number != number) return;
  // One at a time: what an earlier order brought is being installed.
  if (receiver.driver()->applier().installing())
    return receiver.after(chunk_time(), [this, &receiver, number] { chunk(receiver, number); });
  Receiving& receiving = found->second;
  const Path path{receiving.order.from, receiver.id()};
  const auto offered = offered_.find(path);
  if (offered == offered_.end() || offered->second.image->applied() != receiving.order.meta.last || breaks(path))
    return refuse(receiver);
  if (--receiving.chunks_left == 0) return install(receiver, receiving);
  receiver.after(chunk_time(), [this, &receiver, number] { chunk(receiver, number); });
}

void SnapshotTransfers::refuse(Host& receiver) {
  const auto found = receiving_.find(receiver.id());
  const InstallOrder order = std::move(found->second.order);
  const Path path{order.from, receiver.id()};
  receiving_.erase(found);
  if (const auto offered = offered_.find(path); offered != offered_.end() && random_.chance(0.5))
    report(path, offered->second.number, SnapshotOutcome::failed);
  tell_refused(receiver, order.meta);
}

void SnapshotTransfers::tell_refused(Host& receiver, const SnapshotMeta& meta) {
  receiver.driver()->input([&](Node& node) { node.on_snapshot_refused(meta); });
}

void SnapshotTransfers::install(Host& receiver, const Receiving& receiving) {
  const Path path{receiving.order.from, receiver.id()};
  const Offered offered = offered_.at(path);
  const SnapshotMeta meta = receiving.order.meta;
  receiving_.erase(receiver.id());
  receiver.driver()->applier().install(offered.image, [this, &receiver, path, number = offered.number, meta](bool newer) {
    if (newer) receiver.driver()->input([&](Node& node) { node.on_snapshot_installed(meta); });
    else tell_refused(receiver, meta);
    if (newer && !(world_.strikes(Fault::snapshot_failures) && random_.chance(0.3)))
      world_.schedule().after(world_.network().delay(), [this, path, number] { report(path, number, SnapshotOutcome::delivered); });
  });
}

void SnapshotTransfers::report(const Path& path, uint64_t number, SnapshotOutcome outcome) {
  const auto found = offered_.find(path);
  if (found == offered_.end() || found->second.number != number) return;
  const Session session = found->second.session;
  offered_.erase(found);
  Host* sender = world_.host(path.first);
  if (!sender->up()) return;
  sender->after(0, [sender, path, session, outcome] {
    sender->driver()->checks().window_forgotten(path.second);
    sender->driver()->input([&](Node& node) { node.on_snapshot_sent(path.second, session, outcome); });
  });
}

}  // namespace bao::raft::sim
