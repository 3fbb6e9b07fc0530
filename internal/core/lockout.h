// Locking out a user whose password is tried too often (openbao-api.md 2.3, user_lockout_config). The active node counts, in memory:
// a standby gives failed logins to it. Who is locked out lies in storage (core/login/lockedUsers/<accessor>/<alias>, the time of
// the last failure), so it holds on every node and after a takeover. Thread-safe.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "internal/base/clock.h"
#include "internal/base/mutex.h"
#include "internal/core/lockout_rules.h"
#include "internal/core/mounts/router.h"
#include "internal/storage/view.h"

namespace bao::core {

inline constexpr std::string_view kLockedUsersPrefix = "core/login/lockedUsers/";
inline constexpr size_t kFailedLoginsMax = 100'000;  // users whose failures are counted at once

// Of a mount, as it is tuned.
LockoutRules lockout_rules(const LockoutSettings& settings, const MountEntry& entry);

std::string locked_user_key(std::string_view accessor, std::string_view alias);
enum class Lock : uint8_t { none, locked, over };
base::Result<Lock> find_lock(const storage::ReadView& all, const LockoutRules& rules, std::string_view accessor, std::string_view alias,
                             base::Time now);
// What a lock is stored as.
std::string lock_entry(base::Time last_failure);

class FailedLogins {
 public:
  // Counts one more; whether these are too many, and then the count starts anew.
  bool count(const LockoutRules& rules, std::string_view accessor, std::string_view alias, base::Time now) EXCLUDES(mutex_);
  void forget(std::string_view accessor, std::string_view alias) EXCLUDES(mutex_);
  // Those that would not be counted together with another one.
  void forget_old(base::Time now) EXCLUDES(mutex_);
  void forget_all() EXCLUDES(mutex_);
  size_t users() const EXCLUDES(mutex_);

 private:
  struct Failures {
    int64_t count = 0;
    base::Time last{}, until{};  // `until`: the next one begins anew, by the rules of the last one
  };
  mutable base::Mutex mutex_{base::Rank::token_cache};
  std::map<std::pair<std::string, std::string>, Failures> failures_ GUARDED_BY(mutex_);
};

}  // namespace bao::core
