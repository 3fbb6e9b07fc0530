// What whoever leads does for the members: it watches how they are, makes voters of learners, and removes dead ones. Settings and health
// are anybody's, the rest is the cluster thread's.
#pragma once

#include <vector>

#include "internal/base/mutex.h"
#include "internal/cluster/autopilot.h"
#include "internal/cluster/promotion.h"
#include "internal/cluster/roster.h"
#include "internal/core/ha/autopilot.h"

namespace bao::cluster {

class LeaderDuties {
 public:
  // Nothing elsewhere than on the leader, but that what was known of the members is forgotten.
  void tend(const raft::DriverStatus& status, const Roster& roster, raft::Driver& driver) EXCLUDES(mutex_);
  std::vector<core::MemberHealth> health() const EXCLUDES(mutex_);
  void set(const core::AutopilotSettings& settings) EXCLUDES(mutex_);

 private:
  Promotion promotion_;
  Autopilot autopilot_;
  mutable base::Mutex mutex_{base::Rank::cluster};
  core::AutopilotSettings settings_ GUARDED_BY(mutex_) = core::effective({});
  std::vector<Autopilot::Health> health_ GUARDED_BY(mutex_);
};

}  // namespace bao::cluster
