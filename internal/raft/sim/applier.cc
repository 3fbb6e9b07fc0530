#include "internal/raft/sim/applier.h"

#include <algorithm>

#include "internal/raft/sim/driver.h"
#include "internal/raft/sim/world.h"

namespace bao::raft::sim {

void Applier::enqueue(Entries batch) { add({std::move(batch), nullptr, nullptr}); }

void Applier::install(std::shared_ptr<const StateMachine> image, std::function<void(bool)> done) {
  add({{}, std::move(image), std::move(done)});
}

bool Applier::installing() const {
  return std::ranges::any_of(queue_, [](const Work& work) { return work.image != nullptr; });
}

void Applier::add(Work work) {
  queue_.push_back(std::move(work));
  if (queue_.size() == 1) next();
}

Time Applier::duration(const Work& work) {
  const World& world = host_.world();
  const bool slow = work.image && world.strikes(Fault::slow_snapshots);
  const Time mean = slow ? world.plan().installation : world.calm() ? 200 : 3'000;
  // A calm waits for what has begun.
  return std::min(host_.random().exponential(mean), 6 * world.plan().election_timeout());
}

void Applier::next() {
  host_.after(duration(queue_.front()), [this] {
    if (host_.crashes_between_steps()) return;
    const Work work = std::move(queue_.front());
    if (!work.image || !host_.driver()->stopping()) run(work);  // an installation is given up
    if (host_.crashes_between_steps()) return;
    if (work.image) host_.driver()->serving().applied();
    queue_.pop_front();
    if (!queue_.empty()) next();
    tell(work);
    if (queue_.empty() && host_.driver()) host_.driver()->rested();
  });
}

void Applier::tell(const Work& work) {
  if (work.done) return work.done(work.image != nullptr && host_.disk().machine().applied() == work.image->applied());
  host_.driver()->input([&](Node& node) { node.on_applied(host_.disk().machine().applied().index); });
  host_.driver()->serving().applied();
}

void Applier::run(const Work& work) {
  ModelDisk& disk = host_.disk();
  if (work.image) {
    if (work.image->applied().index > disk.machine().applied().index) disk.install(*work.image);
  } else if (work.batch.front()->index.value != disk.machine().applied().index.value + 1) {
    host_.world().judge().violate(5, "node " + std::to_string(host_.id().value) + " is to apply " +
                                         std::to_string(work.batch.front()->index.value) + " after " +
                                         std::to_string(disk.machine().applied().index.value));
    return;
  } else {
    disk.apply(work.batch);
  }
  host_.world().oracle().applied(host_.id(), disk.machine());
}

}  // namespace bao::raft::sim
