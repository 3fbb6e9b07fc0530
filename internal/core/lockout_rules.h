// When a user is locked out who fails to log in too often: what the configuration file says of every auth method
// (`user_lockout`), before a mount's own tuning. Plain values.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "internal/base/clock.h"

namespace bao::core {

struct LockoutRules {
  int64_t threshold = 5;
  base::Duration duration = std::chrono::minutes(15), counter_reset = std::chrono::minutes(15);
  bool disabled = false;
};

struct LockoutSettings {
  LockoutRules all;
  std::map<std::string, LockoutRules, std::less<>> by_type;  // "userpass", "approle", "ldap": in place of `all`
  std::optional<bool> disabled;                              // of the process (BAO_DISABLE_USER_LOCKOUT): beats files and tuning
};

}  // namespace bao::core
