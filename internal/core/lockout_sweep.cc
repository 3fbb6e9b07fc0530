#include "internal/core/lockout_sweep.h"

#include "internal/base/log.h"
#include "internal/base/metrics.h"
#include "internal/core/lockout.h"
#include "internal/core/request_handler.h"

namespace bao::core {
namespace {

using base::Result;
using base::Status;

constexpr int64_t kLocksAtOnce = 500;  // that one transaction looks at

// Where nobody can log in any more, nobody is locked out.
LockoutRules rules_of(const Core::Parts& parts, std::string_view accessor) {
  const auto router = parts.mounts->router();
  if (const Mount* mount = router->by_accessor(accessor)) return lockout_rules(parts.options.lockout, mount->entry);
  LockoutRules none;
  none.duration = base::Duration::zero();
  return none;
}

// "accessor/alias"; an alias may hold slashes.
Result<Lock> lock_at(const Core::Parts& parts, const storage::ReadView& all, std::string_view accessor_and_alias, base::Time now) {
  const size_t slash = accessor_and_alias.find('/');
  if (slash == std::string_view::npos) return Lock::none;
  const std::string_view accessor = accessor_and_alias.substr(0, slash);
  return find_lock(all, rules_of(parts, accessor), accessor, accessor_and_alias.substr(slash + 1), now);
}

class Sweep {
 public:
  explicit Sweep(Core::Parts& parts) : parts_(parts), now_(parts.clock.now()) {}

  Result<int64_t> run() {
    while (!folders_.empty()) {
      const std::string folder = std::move(folders_.back());
      folders_.pop_back();
      TRY(sweep_folder(folder));
    }
    return locked_;
  }

 private:
  Status sweep_folder(const std::string& folder) {
    std::vector<std::string> names;
    do {
      const std::string after = names.empty() ? std::string() : names.back();
      int64_t locked = 0;
      const auto done = parts_.barrier.transact([&](barrier::Transaction& all) -> Status {
        ASSIGN_OR_RETURN(names, all.list(folder, after, kLocksAtOnce));
        ASSIGN_OR_RETURN(locked, remove_ended(all, folder, names));
        return {};
      });
      if (!done.ok()) return done.error();
      locked_ += locked;
      for (const std::string& name : names) {
        if (name.ends_with('/')) folders_.push_back(folder + name);
      }
    } while (static_cast<int64_t>(names.size()) == kLocksAtOnce);
    return {};
  }
  // In the transaction that finds them ended: who fails again meanwhile is locked out. How many are left.
  Result<int64_t> remove_ended(barrier::Transaction& all, const std::string& folder, const std::vector<std::string>& names) const {
    int64_t left = 0;
    for (const std::string& name : names) {
      if (name.ends_with('/')) continue;
      const std::string key = folder + name;
      const auto lock = lock_at(parts_, all, std::string_view(key).substr(kLockedUsersPrefix.size()), now_);
      if (!lock.ok() && lock.error().code() != base::Code::corrupt) return lock.error();
      if (lock.ok() && *lock == Lock::over) TRY(all.remove(key));
      else ++left;
    }
    return left;
  }

  Core::Parts& parts_;
  const base::Time now_;
  std::vector<std::string> folders_{std::string(kLockedUsersPrefix)};
  int64_t locked_ = 0;
};

}  // namespace

void end_old_lockouts(Core::Parts& parts) {
  if (const auto swept = sweep_lockouts(parts); !swept.ok() && swept.error().code() != base::Code::sealed) {
    base::log_warn("core", "lockouts that are over cannot be removed", {{"error", swept.error().message()}});
  }
}

Result<int64_t> sweep_lockouts(Core::Parts& parts) {
  static base::Counter& locked_users = base::counter("core.locked_users");
  parts.handler->failed_logins().forget_old(parts.clock.now());
  ASSIGN_OR_RETURN(const int64_t locked, Sweep(parts).run());
  locked_users.set(locked);
  return locked;
}

}  // namespace bao::core
