#include "internal/cluster/leader_duties.h"

#include <utility>

#include "internal/base/clock.h"
#include "internal/base/log.h"

namespace bao::cluster {

using base::MutexLock;
using Clock = std::chrono::steady_clock;

void LeaderDuties::tend(const raft::DriverStatus& status, const Roster& roster, raft::Driver& driver) {
  core::AutopilotSettings settings;
  {
    const MutexLock lock(mutex_);
    settings = settings_;
  }
  const auto now = Clock::now();
  auto health = autopilot_.observe(status, settings, now);
  {
    const MutexLock lock(mutex_);
    health_ = std::move(health);
  }
  raft::ConfigurationChange voters;
  for (const raft::NodeId id : promotion_.due(status, roster.non_voters(), settings.stabilization, now))
    voters.push_back({raft::ChangeStep::Kind::promote, id, ""});
  if (!voters.empty() && driver.change(std::move(voters)).ok()) base::log_info("cluster", "learners became voters");
  const auto dead = autopilot_.dead(status, settings);
  if (!dead || !driver.change({{raft::ChangeStep::Kind::remove, *dead, ""}}).ok()) return;
  const auto known = roster.configured(*dead);
  base::log_warn("cluster", "a dead server was removed", {{"node", known ? known->name : ""}});
}

std::vector<core::MemberHealth> LeaderDuties::health() const {
  const auto steady = Clock::now();
  const base::Time now = base::system_clock().now();
  const MutexLock lock(mutex_);
  std::vector<core::MemberHealth> all;
  for (const Autopilot::Health& each : health_) all.push_back({each.id.value, each.healthy, each.since_contact, now - (steady - each.stable_since)});
  return all;
}

void LeaderDuties::set(const core::AutopilotSettings& settings) {
  const MutexLock lock(mutex_);
  settings_ = settings;
}

}  // namespace bao::cluster
