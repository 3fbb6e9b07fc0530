// How the members are by what the leader hears of them, and which dead ones it removes (core/ha/autopilot.h). Owned by one thread;
// times are given.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <vector>

#include "internal/core/ha/autopilot.h"
#include "internal/raft/driver/driver.h"

namespace bao::cluster {

class Autopilot {
 public:
  using Time = std::chrono::steady_clock::time_point;
  struct Health {
    raft::NodeId id;
    bool healthy;
    base::Duration since_contact;
    Time stable_since;
  };

  // What the leader sees now: everybody, in the order of ids. Elsewhere nobody, and what was known is forgotten.
  std::vector<Health> observe(const raft::DriverStatus& status, const core::AutopilotSettings& settings, Time now);
  // A member that is dead and may go. One at a time: never so that those who answer are no majority any more, before or after it,
  // and never below the voters that are to stay.
  std::optional<raft::NodeId> dead(const raft::DriverStatus& status, const core::AutopilotSettings& settings) const;

 private:
  struct Known {
    bool healthy;
    Time since;
  };
  std::map<raft::NodeId, Known> known_;
};

}  // namespace bao::cluster
