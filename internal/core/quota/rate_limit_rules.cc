#include "internal/core/quota/rate_limit_rules.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace bao::core {
namespace {

// A bucket holds whole requests, and at least one.
uint64_t tokens_of(const codec::Json& rate) {
  double number = 0;
  std::from_chars(rate.text().data(), rate.text().data() + rate.text().size(), number);
  return static_cast<uint64_t>(std::clamp(std::round(number), 1.0, 1e15));
}

std::string_view without_glob(std::string_view path) {
  if (path.ends_with('*')) path.remove_suffix(1);
  return path;
}

}  // namespace

RateLimit::RateLimit(RateLimitRule stored)
    : rule(std::move(stored)),
      clients(tokens_of(rule.rate), rule.interval, rule.block_interval),
      violations(base::counter("quota.rate_limit.violations{name=" + rule.name + "}")) {}

RateLimitRules::RateLimitRules(RateLimitConfig config, std::vector<std::shared_ptr<const RateLimit>> limits)
    : config_(std::move(config)), limits_(std::move(limits)) {
  for (const auto& limit : limits_) {
    const RateLimitRule& rule = limit->rule;
    if (!rule.of_root()) continue;  // kept, and counting nothing: there are no such requests yet
    if (!rule.role.empty()) {
      mounts_[rule.mount_path].roles[rule.role] = limit.get();
    } else if (rule.mount_path.empty()) {
      of_everything_ = limit.get();
    } else if (rule.path_suffix.empty()) {
      mounts_[rule.mount_path].whole = limit.get();
    } else if (rule.path_suffix.ends_with('*')) {
      mounts_[rule.mount_path].globs[std::string(without_glob(rule.path_suffix))] = limit.get();
    } else {
      mounts_[rule.mount_path].paths[rule.path_suffix] = limit.get();
    }
  }
}

// The longest of the exempt prefixes decides.
bool RateLimitRules::is_exempt(std::string_view path) const {
  bool exempt = false;
  size_t longest = 0;
  for (std::string_view prefix : config_.exempt_paths) {
    if (prefix.empty()) continue;
    const bool exception = prefix.starts_with('!');
    if (exception) prefix.remove_prefix(1);
    prefix = without_glob(prefix);
    if (!path.starts_with(prefix) || prefix.size() < longest) continue;
    longest = prefix.size();
    exempt = !exception;
  }
  return exempt;
}

const RateLimit* RateLimitRules::find_below(const OfMount& mount, std::string_view suffix) {
  if (suffix.ends_with('/')) suffix.remove_suffix(1);
  if (const auto found = mount.paths.find(suffix); found != mount.paths.end()) return found->second;
  const RateLimit* best = nullptr;
  size_t longest = 0;
  for (const auto& [prefix, limit] : mount.globs) {
    if (!suffix.starts_with(prefix) || prefix.size() < longest) continue;
    longest = prefix.size();
    best = limit;
  }
  return best == nullptr ? mount.whole : best;
}

bool RateLimitRules::asks_for_roles(std::string_view mount_path) const {
  const auto mount = mounts_.find(mount_path);
  return mount != mounts_.end() && !mount->second.roles.empty();
}

const RateLimit* RateLimitRules::find(std::string_view path, std::string_view mount_path, std::string_view role) const {
  if (!mount_path.empty()) {
    if (const auto mount = mounts_.find(mount_path); mount != mounts_.end()) {
      const auto of_role = mount->second.roles.find(role);
      if (of_role != mount->second.roles.end()) return of_role->second;
      const std::string_view suffix = path.size() < mount_path.size() ? std::string_view() : path.substr(mount_path.size());
      if (const RateLimit* found = find_below(mount->second, suffix)) return found;
    }
  }
  return of_everything_;
}

std::shared_ptr<const RateLimit> RateLimitRules::by_name(std::string_view name) const {
  const auto found = std::ranges::find_if(limits_, [&](const auto& limit) { return limit->rule.name == name; });
  return found == limits_.end() ? nullptr : *found;
}

}  // namespace bao::core
