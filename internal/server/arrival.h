// A node that joins a cluster has no data when it starts: this waits until it has arrived and starts the core then, which
// unseals by the auto seal, or by the shares that were given for joining. Owns one thread, "arrival".
#pragma once

#include <atomic>
#include <thread>

#include "internal/core/core.h"
#include "internal/core/ha/cluster.h"

namespace bao::server {

class Arrival {
 public:
  // Both outlive it. Nothing to do where the core has data already.
  Arrival(core::Core& core, core::Cluster& cluster);
  ~Arrival() { stop(); }
  void stop();

 private:
  void run();
  core::Core& core_;
  core::Cluster& cluster_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace bao::server
