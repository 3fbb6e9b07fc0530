// sys/quotas: rate limits, and what holds for all of them (openbao-api.md 2.6).
#include <charconv>
#include <cmath>
#include <utility>

#include "internal/base/time_format.h"
#include "internal/core/quota/rate_limit_rule.h"
#include "internal/core/quota/rate_limits.h"
#include "internal/core/system/paths.h"
#include "internal/crypto/hash.h"

namespace bao::core::sys {
namespace {

using codec::Json;
using logical::Call;
using logical::FieldType;
using logical::Operation;
using logical::Path;
using logical::Reads;
using logical::Reply;
using logical::Response;
using logical::Writes;

Reply read_config(const Call&, const storage::ReadView& all) {
  ASSIGN_OR_RETURN(const RateLimitConfig config, read_rate_limit_config(all));
  return Response::of(Json::object({{"enable_rate_limit_audit_logging", config.audits_refusals},
                                    {"enable_rate_limit_response_headers", config.shows_headers},
                                    {"rate_limit_exempt_paths", Json::strings(config.exempt_paths)}}));
}

// What is not named is off, and the exempt paths of a fresh server are gone, as in the reference.
Reply write_config(const Call& call, storage::WriteView& all) {
  TRY(store_rate_limit_config(all, {.exempt_paths = call.fields.strings("rate_limit_exempt_paths"),
                                    .audits_refusals = call.fields.boolean("enable_rate_limit_audit_logging"),
                                    .shows_headers = call.fields.boolean("enable_rate_limit_response_headers")}));
  return Response::none();
}

Reply list(const Call&, const storage::ReadView& all) {
  ASSIGN_OR_RETURN(const auto names, all.list(kRateLimitPrefix));
  return Response::keys(names);
}

Reply read(const Call& call, const storage::ReadView& all) {
  ASSIGN_OR_RETURN(const auto rule, read_rate_limit(all, call.fields.string("name")));
  if (!rule) return logical::nothing();
  return Response::of(Json::object({{"type", "rate-limit"},
                                    {"name", rule->name},
                                    {"path", (rule->of_root() ? "" : rule->namespace_path) + rule->mount_path + rule->path_suffix},
                                    {"role", rule->role},
                                    {"rate", rule->rate},
                                    {"interval", base::whole_seconds(rule->interval)},
                                    {"block_interval", base::whole_seconds(rule->block_interval)},
                                    {"inheritable", rule->inheritable}}));
}

// As Go writes one that is neither tiny nor huge.
Json number_of(double value) {
  char digits[400];
  const auto written = std::to_chars(digits, digits + sizeof digits, value, value < 1e21 && value >= 1e-6 ? std::chars_format::fixed : std::chars_format::scientific);
  return Json::number(std::string(digits, written.ptr));
}

// The mount that the path lies in, and the rest.
base::Status read_scope(const Core::Parts& parts, const Call& call, RateLimitRule& rule) {
  const std::string path = call.fields.string("path");
  if (path.empty() || path == "/") return {};
  const std::string route = mount_path_of(path);
  const auto router = parts.mounts->router();
  const auto* mount = router->find(route);
  if (mount == nullptr) return base::invalid("invalid mount path \"" + route + "\"");
  rule.mount_path = (*mount)->mount_point;
  rule.path_suffix = route.substr(rule.mount_path.size());
  if (rule.path_suffix.ends_with('/')) rule.path_suffix.pop_back();
  return {};
}

// A role is one of an auth method that has roles, whole.
base::Status check_role(const Core::Parts& parts, const RateLimitRule& rule) {
  if (!rule.path_suffix.empty()) {
    return base::invalid("Quotas cannot contain both a path suffix and a role. If a role is provided, path must be a valid auth mount with a "
                         "concept of roles");
  }
  const auto router = parts.mounts->router();
  const auto* mount = router->find(rule.mount_path);
  const std::string named = "Mount path \"" + rule.mount_path + "\" ";
  if (mount == nullptr || (*mount)->entry.table != "auth") {
    return base::invalid(named + "is not a valid auth method and therefore unsuitable for use with role-based quotas");
  }
  if (!parts.rate_limits->has_roles(**mount)) return base::invalid(named + "does not support use with role-based quotas");
  return {};
}

base::Result<RateLimitRule> read_rule(const Core::Parts& parts, const Call& call) {
  RateLimitRule rule;
  rule.name = call.fields.string("name");
  const double rate = call.fields.floating("rate");
  if (!(rate > 0) || !std::isfinite(rate)) return base::invalid("'rate' is invalid");
  rule.rate = number_of(rate);
  if (const auto interval = call.fields.duration("interval"); interval.count() > 0) rule.interval = interval;
  rule.block_interval = call.fields.duration("block_interval");
  TRY(read_scope(parts, call, rule));
  rule.role = call.fields.string("role");
  if (!rule.role.empty()) TRY(check_role(parts, rule));
  rule.inheritable = call.fields.has("inheritable") ? call.fields.boolean("inheritable") : rule.mount_path.empty();
  return rule;
}

Reply write(const Core::Parts& parts, const Call& call, storage::WriteView& all) {
  ASSIGN_OR_RETURN(RateLimitRule rule, read_rule(parts, call));
  ASSIGN_OR_RETURN(const auto rules, read_rate_limits(all));
  rule.id = crypto::random_uuid();
  for (const RateLimitRule& other : rules) {
    if (other.name == rule.name) {
      rule.id = other.id;
      rule.unknown = other.unknown;
    } else if (other.counts_the_same(rule)) {
      return base::invalid("quota rule with similar properties exists under the name \"" + other.name + "\"");
    }
  }
  TRY(store_rate_limit(all, rule));
  return Response::none();
}

Reply remove(const Call& call, storage::WriteView& all) {
  TRY(all.remove(std::string(kRateLimitPrefix) + call.fields.string("name")));
  return Response::none();
}

Path config_path() {
  Path path;
  path.pattern = "quotas/config";
  path.fields = {
      {.name = "rate_limit_exempt_paths", .type = FieldType::string_list, .description = "Paths that no rate limit counts. If empty, there are none."},
      {.name = "enable_rate_limit_audit_logging", .type = FieldType::boolean, .description = "Whether audit devices are told of refused requests."},
      {.name = "enable_rate_limit_response_headers", .type = FieldType::boolean, .description = "Whether answers say how many requests are left."}};
  path.handlers = {{.operation = Operation::read, .effect = Reads{read_config}, .summary = "Read the configuration of quotas."},
                   {.operation = Operation::update, .effect = Writes{write_config}, .summary = "Write the configuration of quotas."}};
  path.synopsis = "Create, update and read the quota configuration.";
  return path;
}

Path list_path() {
  Path path;
  path.pattern = "quotas/rate-limit/?";
  path.handlers = {{.operation = Operation::list, .effect = Reads{list}, .summary = "Lists the names of all the rate limits."}};
  path.synopsis = "Lists the names of all the rate limits.";
  return path;
}

Path rule_path(const Core::Parts& parts) {
  Path path;
  path.pattern = "quotas/rate-limit/{name}";
  path.fields = {
      {.name = "name", .description = "Name of the rule."},
      {.name = "type", .description = "Type of the rule."},
      {.name = "path", .description = "The mount, or path below it, whose requests are counted; blank: all requests."},
      {.name = "role", .description = "The role whose logins are counted, where path is an auth method."},
      {.name = "rate", .type = FieldType::floating, .description = "How many requests an interval a client may send. Must be positive."},
      {.name = "interval", .type = FieldType::duration, .description = "The interval (default '1s')."},
      {.name = "block_interval", .type = FieldType::duration, .description = "For how long a client that is refused is refused everything."},
      {.name = "inheritable", .type = FieldType::boolean, .description = "Whether namespaces below are counted by it, too."}};
  path.handlers = {{.operation = Operation::read, .effect = Reads{read}, .summary = "Read a rate limit."},
                   {.operation = Operation::update,
                    .effect = Writes{[&parts](const Call& call, storage::WriteView& all) { return write(parts, call, all); }},
                    .summary = "Create or change a rate limit."},
                   {.operation = Operation::remove, .effect = Writes{remove}, .summary = "Delete a rate limit."}};
  path.synopsis = "Get, create or update rate limit resource quota for an optional namespace or mount.";
  path.description = "Requests are counted by client address, on each node for itself.";
  return path;
}

}  // namespace

Paths rate_limit_paths(Core::Parts& parts) {
  Paths paths;
  paths.push_back(config_path());
  paths.push_back(list_path());
  paths.push_back(rule_path(parts));
  return paths;
}

}  // namespace bao::core::sys
