// Forgets what counts no more of failed logins, every quarter of an hour on the active node: failures in memory, and the locks in storage of
// users who never came back, or whose mount is gone. Thread-safe.
#pragma once

#include "internal/core/parts.h"

namespace bao::core {

inline constexpr base::Duration kLockoutSweepInterval = std::chrono::minutes(15);

// How many users are locked out still. A lock that cannot be read stays, and holds up no other.
base::Result<int64_t> sweep_lockouts(Core::Parts& parts);
// What went wrong stands in the log.
void end_old_lockouts(Core::Parts& parts);

}  // namespace bao::core
