#include "internal/core/quota/rate_limit_rule.h"

#include <algorithm>
#include <array>
#include <functional>

namespace bao::core {
namespace {

using base::Result;
using base::Status;
using codec::Json;

constexpr std::string_view kConfigKey = "sys/quotas/config";
// True once somebody wrote the configuration: the exempt paths are his.
constexpr std::string_view kWrittenKey = "sys/quotas/default_rate_limit_exempt_paths_toggle";

constexpr std::array<std::string_view, 11> kMembers = {"id",   "type",        "name", "namespace_path", "mount_path",     "role",
                                                       "path_suffix", "rate", "interval",       "block_interval", "inheritable"};

// What must be reachable whatever the rules say, or a node could not be taken into service.
const std::vector<std::string>& usually_exempt() {
  static const std::vector<std::string> paths = {"sys/generate-recovery-token/attempt", "sys/generate-recovery-token/update",
                                                 "sys/generate-root/attempt",           "sys/generate-root/update",
                                                 "sys/health",                          "sys/seal-status",
                                                 "sys/unseal"};
  return paths;
}

base::Duration nanoseconds_of(const Json& value) {
  const auto number = value.as_int();
  return base::Duration(number.ok() ? *number : 0);
}

bool is_own_member(std::string_view name) { return std::ranges::find(kMembers, name) != kMembers.end(); }

std::string key_of(std::string_view name) { return std::string(kRateLimitPrefix) + std::string(name); }

// Runs `change` on each rule of the mount.
Status for_each_of(storage::WriteView& all, std::string_view mount_path, const std::function<Status(RateLimitRule&)>& change) {
  ASSIGN_OR_RETURN(std::vector<RateLimitRule> rules, read_rate_limits(all));
  for (RateLimitRule& rule : rules) {
    if (rule.of_root() && rule.mount_path == mount_path) TRY(change(rule));
  }
  return {};
}

}  // namespace

bool RateLimitRule::counts_the_same(const RateLimitRule& other) const {
  const bool same_namespace = of_root() ? other.of_root() : namespace_path == other.namespace_path;
  return same_namespace && mount_path == other.mount_path && path_suffix == other.path_suffix && role == other.role;
}

Result<RateLimitRule> parse_rate_limit(std::string_view stored) {
  ASSIGN_OR_RETURN(const Json entry, codec::parse_json(stored));
  RateLimitRule rule;
  rule.name = entry["name"].as_string();
  rule.id = entry["id"].as_string();
  rule.namespace_path = entry["namespace_path"].as_string();
  rule.mount_path = entry["mount_path"].as_string();
  rule.path_suffix = entry["path_suffix"].as_string();
  rule.role = entry["role"].as_string();
  rule.rate = entry["rate"].is_number() ? entry["rate"] : Json(0);
  rule.interval = nanoseconds_of(entry["interval"]);
  if (rule.interval <= base::Duration(0)) rule.interval = std::chrono::seconds(1);
  rule.block_interval = std::max(base::Duration(0), nanoseconds_of(entry["block_interval"]));
  rule.inheritable = entry["inheritable"].as_bool();
  for (const auto& [name, value] : entry.members()) {
    if (!is_own_member(name)) rule.unknown.set(name, value);
  }
  return rule;
}

Result<std::optional<RateLimitRule>> read_rate_limit(const storage::ReadView& all, std::string_view name) {
  ASSIGN_OR_RETURN(const auto stored, all.get(key_of(name)));
  if (!stored) return std::optional<RateLimitRule>();
  ASSIGN_OR_RETURN(RateLimitRule rule, parse_rate_limit(*stored));
  rule.name = name;
  return std::optional<RateLimitRule>(std::move(rule));
}

Result<std::vector<RateLimitRule>> read_rate_limits(const storage::ReadView& all) {
  std::vector<RateLimitRule> rules;
  ASSIGN_OR_RETURN(const auto names, all.list(kRateLimitPrefix));
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(auto rule, read_rate_limit(all, name));
    if (rule) rules.push_back(std::move(*rule));
  }
  return rules;
}

std::string serialize_rate_limit(const RateLimitRule& rule) {
  Json entry = Json::record({{"id", rule.id},
                             {"type", "rate-limit"},
                             {"name", rule.name},
                             {"namespace_path", rule.namespace_path},
                             {"mount_path", rule.mount_path},
                             {"role", rule.role},
                             {"path_suffix", rule.path_suffix},
                             {"rate", rule.rate},
                             {"interval", static_cast<int64_t>(rule.interval.count())},
                             {"block_interval", static_cast<int64_t>(rule.block_interval.count())},
                             {"inheritable", rule.inheritable}});
  for (const auto& [name, value] : rule.unknown.members()) entry.set(name, value);
  return codec::write_json(entry);
}

Status store_rate_limit(storage::WriteView& all, const RateLimitRule& rule) {
  return all.put(key_of(rule.name), serialize_rate_limit(rule));
}

Status move_rate_limits(storage::WriteView& all, std::string_view from, std::string_view to) {
  return for_each_of(all, from, [&](RateLimitRule& rule) {
    rule.mount_path = to;
    return store_rate_limit(all, rule);
  });
}

Status remove_rate_limits(storage::WriteView& all, std::string_view mount_path) {
  return for_each_of(all, mount_path, [&](const RateLimitRule& rule) { return all.remove(key_of(rule.name)); });
}

Result<RateLimitConfig> read_rate_limit_config(const storage::ReadView& all) {
  RateLimitConfig config{.exempt_paths = usually_exempt()};
  ASSIGN_OR_RETURN(const auto written, all.get(kWrittenKey));
  ASSIGN_OR_RETURN(const auto stored, all.get(kConfigKey));
  if (!stored) return config;
  ASSIGN_OR_RETURN(const Json entry, codec::parse_json(*stored));
  config.audits_refusals = entry["enable_rate_limit_audit_logging"].as_bool();
  config.shows_headers = entry["enable_rate_limit_response_headers"].as_bool();
  if (!written) return config;
  ASSIGN_OR_RETURN(const Json is_written, codec::parse_json(*written));
  if (!is_written.as_bool()) return config;
  config.exempt_paths.clear();
  for (const Json& path : entry["rate_limit_exempt_paths"].items()) config.exempt_paths.push_back(path.as_string());
  return config;
}

Status store_rate_limit_config(storage::WriteView& all, const RateLimitConfig& config) {
  const Json entry = Json::record({{"enable_rate_limit_audit_logging", config.audits_refusals},
                                   {"enable_rate_limit_response_headers", config.shows_headers},
                                   {"rate_limit_exempt_paths", Json::strings(config.exempt_paths)}});
  TRY(all.put(kConfigKey, codec::write_json(entry)));
  return all.put(kWrittenKey, "true");
}

}  // namespace bao::core
