// The decision: which permissions apply to a request, and whether they cover what it asks for.
#include <algorithm>
#include <charconv>

#include "internal/base/letters.h"
#include "internal/core/policy/acl_tree.h"

namespace bao::core {
namespace {

using codec::Json;
using logical::Operation;

constexpr std::string_view kLimit = "limit";

Capabilities needed(Operation operation) {
  switch (operation) {
    case Operation::read: return kRead;
    case Operation::list: return kList;
    case Operation::scan: return kScan;
    case Operation::create: return kCreate;
    case Operation::remove: return kDelete;
    case Operation::patch: return kPatch;
    case Operation::update:
    case Operation::renew:
    case Operation::revoke: return kUpdate;
    case Operation::header:
    case Operation::help: break;
  }
  return 0;
}

bool lists(Operation operation) { return operation == Operation::list || operation == Operation::scan; }

// A single '*' is a plain character; else one at either end stands for anything.
bool glob_matches(std::string_view glob, std::string_view text) {
  if (glob.size() < 2) return text == glob;
  const bool open_start = glob.front() == '*', open_end = glob.back() == '*';
  if (open_start) glob.remove_prefix(1);
  if (open_end) glob.remove_suffix(1);
  if (open_start && open_end) return text.find(glob) != std::string_view::npos;
  if (open_start) return text.ends_with(glob);
  return open_end ? text.starts_with(glob) : text == glob;
}

// Numbers are never equal: the reference compares a policy's number with the text of the request's.
bool same(const Json& a, const Json& b) {
  if (a.is_number() || b.is_number()) return false;
  if (a.is_array() && b.is_array()) {
    return std::equal(a.items().begin(), a.items().end(), b.items().begin(), b.items().end(), same);
  }
  if (!a.is_object() || !b.is_object()) return a == b;
  const auto in_b = [&b](const Json::Member& member) {
    const Json* other = b.find(member.first);
    return other != nullptr && same(member.second, *other);
  };
  return a.members().size() == b.members().size() && std::all_of(a.members().begin(), a.members().end(), in_b);
}

bool holds(const std::vector<Json>& values, const Json& value) {
  if (values.empty()) return true;
  return std::any_of(values.begin(), values.end(), [&value](const Json& one) {
    return one.is_string() && value.is_string() ? glob_matches(one.text(), value.text()) : same(one, value);
  });
}

bool wrapping_fits(const Permissions& permissions, const std::optional<base::Duration>& wrap_ttl) {
  constexpr base::Duration kNone{0};
  const base::Duration least = permissions.min_wrapping_ttl, most = permissions.max_wrapping_ttl;
  if (most > kNone && (!wrap_ttl || *wrap_ttl > most)) return false;
  if (least > kNone && (!wrap_ttl || *wrap_ttl < least)) return false;
  return least == kNone || most == kNone || most >= least;  // merged rules may contradict each other
}

bool has_required(const Permissions& permissions, const Json& data) {
  return std::all_of(permissions.required_parameters.begin(), permissions.required_parameters.end(),
                     [&data](const std::string& name) { return data.find(base::lower_case(name)) != nullptr; });
}

bool none_denied(const ParameterValues& denied, const Json& data) {
  if (denied.contains("*")) return false;
  return std::none_of(data.members().begin(), data.members().end(), [&denied](const Json::Member& member) {
    const auto values = denied.find(base::lower_case(member.first));
    return values != denied.end() && holds(values->second, member.second);
  });
}

bool all_allowed(const ParameterValues& allowed, const Json& data) {
  const bool others = allowed.contains("*");
  if (others && allowed.size() == 1) return true;
  return std::all_of(data.members().begin(), data.members().end(), [&](const Json::Member& member) {
    const auto values = allowed.find(base::lower_case(member.first));
    return values == allowed.end() ? others : holds(values->second, member.second);
  });
}

bool parameters_fit(const Permissions& permissions, const Json& data) {
  if (!has_required(permissions, data)) return false;
  if (data.empty()) return true;
  const auto& denied = permissions.denied_parameters;
  if (denied && !denied->empty() && !none_denied(*denied, data)) return false;
  const auto& allowed = permissions.allowed_parameters;
  return !allowed || allowed->empty() || all_allowed(*allowed, data);
}

// The limit that was asked for, "" being 0; nothing when it is no integer.
std::optional<int64_t> asked_limit(const Json& limit) {
  if (!limit.is_string() && !limit.is_number()) return std::nullopt;
  const std::string& text = limit.text();
  if (text.empty()) return 0;
  int64_t value = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end.ec != std::errc() || end.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

// Whether a list of that page size may be had, and which size it gets.
bool page_fits(const Permissions& permissions, const Json& data, std::optional<int64_t>& limit) {
  const Json* asked = data.find(kLimit);
  const bool asks_for_max = asked != nullptr && asked->is_string() && asked->text() == "max";
  if (permissions.pagination_limit <= 0) {
    if (asks_for_max) limit = 0;
    return true;
  }
  if (asked == nullptr) {
    for (const std::string& name : permissions.required_parameters) {
      if (base::lower_case(name) == kLimit) return false;
    }
    limit = permissions.pagination_limit;
    return true;
  }
  const std::optional<int64_t> value = asked_limit(*asked);
  if (!value && !asks_for_max) return false;
  if (value && (*value > permissions.pagination_limit || *value < 0)) return false;
  if (asks_for_max || *value == 0) limit = permissions.pagination_limit;
  return true;
}

bool checks_parameters(Operation operation) {
  return operation == Operation::read || operation == Operation::update || operation == Operation::create ||
         operation == Operation::patch;
}

// What stands against the request in the permissions of its path.
Refusal refusal_of(const Permissions& permissions, const logical::Request& request, Operation operation, Decision& decision) {
  if ((permissions.capabilities & kDeny) != 0) return Refusal::denied;
  if ((permissions.capabilities & decision.needed) == 0) return Refusal::capability;
  if (!wrapping_fits(permissions, request.wrap_ttl)) return Refusal::wrapping_ttl;
  if (checks_parameters(operation) && !parameters_fit(permissions, request.data)) return Refusal::parameters;
  if (!lists(operation)) return Refusal::none;
  if (!page_fits(permissions, request.data, decision.limit)) return Refusal::pagination_limit;
  decision.response_keys_filter_path = permissions.response_keys_filter_path;
  return Refusal::none;
}

std::string_view without_leading_slashes(std::string_view path) {
  while (!path.empty() && path.front() == '/') path.remove_prefix(1);
  return path;
}

bool expired(const Permissions& permissions, base::Time now) {
  return permissions.expiration && now > *permissions.expiration;
}

}  // namespace

Acl::Acl() : tree_(std::make_unique<Tree>()) {}
Acl::~Acl() = default;

bool Acl::is_root() const { return tree_->root; }
std::optional<base::Time> Acl::expires() const { return tree_->expires; }

std::vector<std::string_view> Decision::granting_policies() const {
  if (root) return {"root"};
  std::vector<std::string_view> names;
  if (rules == nullptr) return names;
  for (const MergedRules::Rule& rule : rules->rules) {
    if ((rule.capabilities & needed) != 0) names.push_back(rule.policy);
  }
  return names;
}

Decision Acl::allow(const logical::Request& request, Operation operation, base::Time now) const {
  Decision decision;
  decision.needed = needed(operation);
  if (tree_->root || operation == Operation::help) {
    decision.allowed = true;
    decision.refusal = Refusal::none;
    decision.root = decision.sudo = tree_->root;
    return decision;
  }
  std::string whole;  // only below the root namespace
  std::string_view path = request.path;
  if (!request.ns->path.empty()) path = whole = request.ns->path + request.path;
  const Permissions* permissions = tree_->find(without_leading_slashes(path), lists(operation));
  if (permissions == nullptr) return decision;
  decision.rules = &permissions->origin;
  decision.refusal = Refusal::expired;
  if (expired(*permissions, now)) return decision;
  decision.capabilities = permissions->capabilities;
  decision.sudo = (permissions->capabilities & kSudo) != 0;
  decision.refusal = refusal_of(*permissions, request, operation, decision);
  decision.allowed = decision.refusal == Refusal::none;
  return decision;
}

Capabilities Acl::capabilities(std::string_view path, base::Time now) const {
  const Permissions* permissions = tree_->find(without_leading_slashes(path), true);
  if (permissions == nullptr || expired(*permissions, now)) return kDeny;
  const bool denied = (permissions->capabilities & kDeny) != 0 || permissions->capabilities == 0;
  return denied ? kDeny : permissions->capabilities;
}

}  // namespace bao::core
