// Which learners become voters, and when (ARCHITECTURE D13): in a group of fewer than three voters as soon as they have caught up,
// in a larger one when they kept up for the stabilisation time. Owned by one thread.
#pragma once

#include <chrono>
#include <map>
#include <set>
#include <vector>

#include "internal/base/clock.h"
#include "internal/raft/driver/driver.h"

namespace bao::cluster {

class Promotion {
 public:
  using Time = std::chrono::steady_clock::time_point;
  // The learners to promote now, by what the leader sees; nothing elsewhere. `stay`: those who are not to vote; `stabilization`: how
  // long one of a larger group has kept up before.
  std::vector<raft::NodeId> due(const raft::DriverStatus& status, const std::set<raft::NodeId>& stay, base::Duration stabilization, Time now);

 private:
  std::map<raft::NodeId, Time> caught_up_since_;
};

}  // namespace bao::cluster
