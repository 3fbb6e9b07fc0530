// The thread that applies, as callbacks: batches and installations of snapshots, in the order in which they came.
#pragma once

#include <deque>
#include <memory>
#include <functional>

#include "internal/raft/core/node.h"
#include "internal/raft/sim/random.h"
#include "internal/raft/sim/state_machine.h"

namespace bao::raft::sim {

class Host;

class Applier {
 public:
  explicit Applier(Host& host) : host_(host) {}
  void enqueue(Entries batch);
  // `done` says whether the image was newer than what is here.
  void install(std::shared_ptr<const StateMachine> image, std::function<void(bool)> done);
  size_t waiting() const { return queue_.size(); }
  // A snapshot is being installed, or waits for that.
  bool installing() const;

 private:
  struct Work {
    Entries batch;
    std::shared_ptr<const StateMachine> image;
    std::function<void(bool)> done;
  };
  void add(Work work);
  void next();
  Time duration(const Work& work);
  void run(const Work& work);
  void tell(const Work& work);

  Host& host_;
  std::deque<Work> queue_;
};

}  // namespace bao::raft::sim
