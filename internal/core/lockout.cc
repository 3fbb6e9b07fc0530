#include "internal/core/lockout.h"

#include <algorithm>

#include "internal/base/time_format.h"

namespace bao::core {
namespace {

using base::Duration;
using base::Time;

int64_t member(const codec::Json& config, std::string_view name, int64_t otherwise) {
  const auto value = config[name].as_int();
  return value.ok() && *value != 0 ? *value : otherwise;
}

}  // namespace

LockoutRules lockout_rules(const LockoutSettings& settings, const MountEntry& entry) {
  const auto of_type = settings.by_type.find(entry.type);
  LockoutRules rules = of_type == settings.by_type.end() ? settings.all : of_type->second;
  if (const codec::Json& tuned = entry.config.user_lockout; tuned.is_object()) {
    rules.threshold = member(tuned, "lockout_threshold", rules.threshold);
    rules.duration = Duration(member(tuned, "lockout_duration", rules.duration.count()));
    rules.counter_reset = Duration(member(tuned, "lockout_counter_reset", rules.counter_reset.count()));
    rules.disabled = rules.disabled || tuned["disable_lockout"].as_bool();
  }
  const bool locks = entry.type == "userpass" || entry.type == "approle" || entry.type == "ldap";
  rules.disabled = !locks || settings.disabled.value_or(rules.disabled);
  return rules;
}

std::string locked_user_key(std::string_view accessor, std::string_view alias) {
  return std::string(kLockedUsersPrefix).append(accessor).append("/").append(alias);
}

std::string lock_entry(Time last_failure) { return std::to_string(base::unix_seconds(last_failure)) + "\n"; }

base::Result<Lock> find_lock(const storage::ReadView& all, const LockoutRules& rules, std::string_view accessor, std::string_view alias,
                             Time now) {
  ASSIGN_OR_RETURN(const auto stored, all.get(locked_user_key(accessor, alias)));
  if (!stored) return Lock::none;
  const auto parsed = codec::parse_json(*stored);
  const auto last = parsed.ok() ? parsed->as_int() : base::Result<int64_t>(base::corrupt("a lock of a user holds no time"));
  if (!last.ok()) return base::corrupt("a lock of a user holds no time");
  return base::unix_seconds(now) - *last < base::whole_seconds(rules.duration) ? Lock::locked : Lock::over;
}

bool FailedLogins::count(const LockoutRules& rules, std::string_view accessor, std::string_view alias, Time now) {
  const base::MutexLock lock(mutex_);
  const auto key = std::pair(std::string(accessor), std::string(alias));
  if (failures_.size() >= kFailedLoginsMax && !failures_.contains(key)) {
    // Whoever failed longest ago has the best chance that nobody tries him any more.
    failures_.erase(std::min_element(failures_.begin(), failures_.end(),
                                     [](const auto& a, const auto& b) { return a.second.last < b.second.last; }));
  }
  Failures& failures = failures_[key];
  if (now > failures.last + rules.counter_reset) failures.count = 0;
  failures.last = now;
  failures.until = now + rules.counter_reset;
  if (++failures.count < rules.threshold) return false;
  failures_.erase(key);
  return true;
}

void FailedLogins::forget_old(Time now) {
  const base::MutexLock lock(mutex_);
  std::erase_if(failures_, [now](const auto& failures) { return now > failures.second.until; });
}

void FailedLogins::forget_all() {
  const base::MutexLock lock(mutex_);
  failures_.clear();
}

size_t FailedLogins::users() const {
  const base::MutexLock lock(mutex_);
  return failures_.size();
}

void FailedLogins::forget(std::string_view accessor, std::string_view alias) {
  const base::MutexLock lock(mutex_);
  failures_.erase(std::pair(std::string(accessor), std::string(alias)));
}

}  // namespace bao::core
