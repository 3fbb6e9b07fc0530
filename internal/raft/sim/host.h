// One node through its lives: its disk survives, its process (driver.h) does not. Everything a process waits for comes
// through after(), which knows that the process may have ended or stand still meanwhile.
// Owned by the world's thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "internal/raft/core/node.h"
#include "internal/raft/sim/model_disk.h"
#include "internal/raft/sim/random.h"

namespace bao::raft::sim {

class World;
class Driver;

class Host {
 public:
  Host(World& world, NodeId id);
  ~Host();
  NodeId id() const { return id_; }
  World& world() { return world_; }
  Random& random() { return random_; }
  ModelDisk& disk() { return disk_; }
  const ModelDisk& disk() const { return disk_; }

  // Null while it is down.
  Driver* driver() { return driver_.get(); }
  bool up() const { return driver_ != nullptr; }
  bool lost() const { return lost_; }
  bool paused() const;
  // What a pause keeps waiting.
  size_t deferred() const { return deferred_.size(); }

  void start();
  void crash();
  // Its process ends in order, with everything that it has begun (driver.h), and starts again after a while.
  void stop();
  // Its disk is gone and it stays away for ever.
  void lose();
  // Down until it may come back.
  void stay_away();
  void come_back();
  // True when it crashed here: call it between two steps of the disk.
  bool crashes_between_steps();
  void pause_until(Time when);
  // A full disk, or one that hangs, until then.
  void fill_disk_until(Time when) { full_until_ = when; }
  void hang_disk_until(Time when) { hung_until_ = when; }
  bool disk_full() const;
  // How long the next fsync takes.
  Time fsync_time();
  // What its disk did; an error is a violation.
  void expect(const base::Status& done);
  // For the calm phase: every trouble of this node ends.
  void mend();

  // Runs `what` in the process that lives now, after `delay`, or later if it stands still then; not at all if it ended.
  void after(Time delay, std::function<void()> what);
  // A message arrived.
  void receive(const Envelope& envelope);
  void peer_unreachable(NodeId peer);
  // In force where it is: in the process, or on the disk while it is down.
  const Configuration& configuration() const;
  const LogImage& log() const;

 private:
  void end_life();
  void stopped();
  void watch_stop();
  void schedule_tick();
  void tick(Time due);
  void resume();

  World& world_;
  NodeId id_;
  Random random_;
  ModelDisk disk_;
  std::unique_ptr<Driver> driver_;
  std::unique_ptr<Driver> ended_;  // a process that crashed in its own callback, kept until that returns
  mutable std::shared_ptr<const Configuration> disk_configuration_;
  uint64_t life_ = 0;
  bool lost_ = false, away_ = false;
  std::vector<std::function<void()>> deferred_;  // by a pause, in order
  std::optional<Time> deferred_tick_;            // and when it was due
  Time paused_until_ = 0, full_until_ = 0, hung_until_ = 0;
  Time tick_length_;
  HardState promised_;  // the newest that was durable when its process ended
};

}  // namespace bao::raft::sim
