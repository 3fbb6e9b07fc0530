// What an Acl tells about itself: names of capabilities, sys/internal/ui.
#include <algorithm>

#include "internal/base/time_format.h"
#include "internal/core/policy/acl_tree.h"

namespace bao::core {
namespace {

using codec::Json;

struct Named {
  Capabilities bit;
  const char* name;
};

constexpr Named kSorted[] = {{kCreate, "create"}, {kDelete, "delete"}, {kList, "list"}, {kPatch, "patch"},
                             {kRead, "read"}, {kScan, "scan"}, {kSudo, "sudo"}, {kUpdate, "update"}};
// The order of sys/internal/ui/resultant-acl.
constexpr Named kResultant[] = {{kCreate, "create"}, {kDelete, "delete"}, {kList, "list"}, {kRead, "read"},
                                {kSudo, "sudo"}, {kUpdate, "update"}, {kPatch, "patch"}, {kScan, "scan"}};

template <size_t N>
std::vector<std::string> names(Capabilities capabilities, const Named (&order)[N]) {
  std::vector<std::string> out;
  for (const Named& named : order) {
    if ((capabilities & named.bit) != 0) out.emplace_back(named.name);
  }
  if ((capabilities & kDeny) != 0 || out.empty()) out = {"deny"};
  return out;
}

Json parameters_json(const ParameterValues& parameters) {
  Json out = Json::object();
  for (const auto& [name, values] : parameters) out.set(name, Json::array(values));
  return out;
}

Json permissions_json(const Permissions& permissions) {
  constexpr base::Duration kNone{0};
  Json out = Json::object();
  out.set("capabilities", Json::strings(names(permissions.capabilities, kResultant)));
  if (permissions.min_wrapping_ttl != kNone) {
    out.set("min_wrapping_ttl", base::whole_seconds(permissions.min_wrapping_ttl));
  }
  if (permissions.max_wrapping_ttl != kNone) {
    out.set("max_wrapping_ttl", base::whole_seconds(permissions.max_wrapping_ttl));
  }
  const auto& allowed = permissions.allowed_parameters;
  if (allowed && !allowed->empty()) out.set("allowed_parameters", parameters_json(*allowed));
  const auto& denied = permissions.denied_parameters;
  if (denied && !denied->empty()) out.set("denied_parameters", parameters_json(*denied));
  if (!permissions.required_parameters.empty()) {
    out.set("required_parameters", Json::strings(permissions.required_parameters));
  }
  return out;
}

}  // namespace

std::vector<std::string> capability_names(Capabilities capabilities) { return names(capabilities, kSorted); }

std::string_view refusal_name(Refusal refusal) {
  constexpr std::string_view kNames[] = {"none", "no_rule", "expired", "denied", "capability", "wrapping_ttl", "parameters", "pagination_limit"};
  return kNames[static_cast<size_t>(refusal)];
}

bool Acl::touches_mount(std::string_view mount_point) const {
  if (tree_->root) return true;
  if (const Permissions* at_mount = tree_->find(mount_point, true); at_mount != nullptr && at_mount->grants()) return true;
  for (const auto& [path, permissions] : tree_->exact) {
    if (path.starts_with(mount_point) && permissions.grants()) return true;
  }
  for (const PrefixRule& rule : tree_->prefixes) {
    if (rule.path.starts_with(mount_point) && rule.permissions.grants()) return true;
  }
  return std::any_of(tree_->wildcards.begin(), tree_->wildcards.end(), [mount_point](const WildcardRule& rule) {
    return rule.permissions.grants() && rule.reaches_below(mount_point);
  });
}

codec::Json Acl::resultant() const {
  Json exact = Json::object(), globs = Json::object();
  for (const auto& [path, permissions] : tree_->exact) exact.members().emplace_back(path, permissions_json(permissions));
  for (const PrefixRule& rule : tree_->prefixes) {
    globs.members().emplace_back(rule.path, permissions_json(rule.permissions));
  }
  return Json::object({{"exact_paths", std::move(exact)}, {"glob_paths", std::move(globs)}});
}

}  // namespace bao::core
