#include "internal/core/auth_token/create_policies.h"

#include <algorithm>

#include "internal/logical/policy_names.h"

namespace bao::core::auth_token {
namespace {

using logical::any_glob_matches;
using logical::contains;
using logical::sanitize_policies;
using logical::unique_lower;

using Names = std::vector<std::string>;
using base::Result;

// ["a" "b"], as Go prints a list of quoted names.
std::string quoted(const Names& names) {
  std::string out = "[";
  for (const std::string& name : names) out += (out.size() > 1 ? " \"" : "\"") + name + "\"";
  return out + "]";
}

bool is_subset(const Names& names, const Names& of) {
  return std::all_of(names.begin(), names.end(), [&](const std::string& name) { return contains(of, name); });
}

base::Status check_allowed(const Names& names, const Role& role, const Names& allowed) {
  const Names globs = sanitize_policies(role.allowed_policies_glob, false);
  for (const std::string& name : names) {
    if (contains(allowed, name) || any_glob_matches(globs, name)) continue;
    return base::invalid("token policies (" + quoted(names) + ") must be subset of the role's allowed policies (" +
                         quoted(allowed) + ") or glob policies (" + quoted(globs) + ")");
  }
  return {};
}

base::Status check_disallowed(const Names& names, const Role& role) {
  const Names globs = unique_lower(role.disallowed_policies_glob), listed = unique_lower(role.disallowed_policies);
  for (const std::string& name : names) {
    if (contains(listed, name) || any_glob_matches(globs, name)) {
      return base::invalid("token policy \"" + name + "\" is disallowed by this role");
    }
  }
  return {};
}

// A role that names policies replaces the rule of the parent's subset.
Result<Names> by_role(const PolicyWish& wish) {
  const Role& role = *wish.role;
  const bool add_default = !wish.no_default_policy && !role.token_no_default_policy &&
                           !contains(role.disallowed_policies, "default") &&
                           !any_glob_matches(role.disallowed_policies_glob, "default");
  Names names;
  if (!wish.asked.empty()) names = sanitize_policies(wish.asked, add_default);
  if (!role.allowed_policies.empty() || !role.allowed_policies_glob.empty()) {
    const Names allowed = sanitize_policies(role.allowed_policies, add_default);
    if (names.empty()) {
      names = allowed;
    } else {
      TRY(check_allowed(names, role, allowed));
    }
  } else if (names.empty()) {
    names = sanitize_policies(wish.parents, add_default);
  }
  TRY(check_disallowed(names, role));
  return names;
}

}  // namespace

Result<Names> grant_policies(const PolicyWish& wish) {
  Names names = wish.asked;
  bool add_default = false;
  if (wish.role != nullptr && wish.role->names_policies()) {
    ASSIGN_OR_RETURN(names, by_role(wish));
  } else if (wish.asked.empty()) {
    names = wish.parents;
  } else if (!wish.sudo) {
    if (!is_subset(sanitize_policies(wish.asked, false), sanitize_policies(wish.parents, false))) {
      return base::invalid("child policies must be subset of parent");
    }
    add_default = !wish.no_default_policy && contains(wish.parents, "default");
  } else {
    add_default = !wish.no_default_policy;
  }
  names = sanitize_policies(std::move(names), add_default);
  if (wish.no_default_policy) std::erase(names, "default");
  if (contains(names, "response-wrapping")) return base::invalid("cannot assign policy \"response-wrapping\"");
  return names;
}

}  // namespace bao::core::auth_token
