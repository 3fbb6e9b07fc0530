#include "internal/core/policy/acl_tree.h"

#include <algorithm>

namespace bao::core {
namespace {

std::string_view without_slash(std::string_view path) {
  if (!path.empty() && path.back() == '/') path.remove_suffix(1);
  return path;
}

// The text up to the next '/', which is removed with it.
std::string_view take_segment(std::string_view& rest) {
  const size_t end = rest.find('/');
  const std::string_view segment = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return segment;
}

void merge_parameters(const std::optional<ParameterValues>& from, std::optional<ParameterValues>& into) {
  if (!from || from->empty()) return;
  if (!into) {
    into = from;
    return;
  }
  for (const auto& [name, values] : *from) {
    const auto existing = into->find(name);
    const bool any_value = values.empty() || (existing != into->end() && existing->second.empty());
    std::vector<codec::Json>& merged = (*into)[name];
    if (any_value) merged.clear();
    else merged.insert(merged.begin(), values.begin(), values.end());
  }
}

void take_shorter(base::Duration from, base::Duration& into) {
  constexpr base::Duration kNone{0};
  if (from > kNone && (into == kNone || from < into)) into = from;
}

}  // namespace

Permissions::Permissions(const PathRule& rule, const std::string& policy)
    : capabilities(rule.capabilities), allowed_parameters(rule.allowed_parameters),
      denied_parameters(rule.denied_parameters), required_parameters(rule.required_parameters),
      min_wrapping_ttl(rule.min_wrapping_ttl), max_wrapping_ttl(rule.max_wrapping_ttl),
      pagination_limit(rule.pagination_limit), response_keys_filter_path(rule.response_keys_filter_path),
      expiration(rule.expiration),
      origin{rule.prefix ? rule.path + "*" : rule.path, {{policy, rule.written, rule.capabilities}}} {}

void Permissions::merge(const PathRule& rule, const std::string& policy) {
  origin.rules.push_back({policy, rule.written, rule.capabilities});
  if (rule.expiration && (!expiration || *rule.expiration < *expiration)) expiration = rule.expiration;
  if ((capabilities & kDeny) != 0) return;
  if ((rule.capabilities & kDeny) != 0) {
    capabilities = kDeny;
    allowed_parameters.reset();
    denied_parameters.reset();
    return;
  }
  capabilities |= rule.capabilities;
  take_shorter(rule.max_wrapping_ttl, max_wrapping_ttl);
  take_shorter(rule.min_wrapping_ttl, min_wrapping_ttl);
  merge_parameters(rule.allowed_parameters, allowed_parameters);
  merge_parameters(rule.denied_parameters, denied_parameters);
  for (const std::string& name : rule.required_parameters) {
    const auto known = std::find(required_parameters.begin(), required_parameters.end(), name);
    if (known == required_parameters.end()) required_parameters.push_back(name);
  }
  if (rule.pagination_limit > 0 && (pagination_limit <= 0 || rule.pagination_limit < pagination_limit)) {
    pagination_limit = rule.pagination_limit;
  }
  if (response_keys_filter_path.empty()) response_keys_filter_path = rule.response_keys_filter_path;
}

bool Priority::operator<(const Priority& other) const {
  if (first_wildcard != other.first_wildcard) return first_wildcard < other.first_wildcard;
  if (prefix != other.prefix) return prefix;
  if (wildcards != other.wildcards) return wildcards > other.wildcards;
  if (path.size() != other.path.size()) return path.size() < other.path.size();
  return path < other.path;
}

WildcardRule::WildcardRule(std::string rule_path, bool is_prefix, Permissions merged)
    : path(std::move(rule_path)), prefix(is_prefix), permissions(std::move(merged)) {
  std::string_view rest = path;
  while (!rest.empty()) segments.emplace_back(take_segment(rest));
  if (path.empty() || path.back() == '/') segments.emplace_back();
  pluses = static_cast<size_t>(std::count(segments.begin(), segments.end(), "+"));
}

bool WildcardRule::matches(std::string_view request_path) const {
  const size_t slashes = static_cast<size_t>(std::count(request_path.begin(), request_path.end(), '/'));
  const size_t request_segments = slashes + 1;
  if (prefix ? request_segments < segments.size() : request_segments != segments.size()) return false;
  for (size_t i = 0; i < segments.size(); ++i) {
    const std::string_view actual = take_segment(request_path);
    const std::string& wanted = segments[i];
    const bool last_of_prefix = prefix && i + 1 == segments.size();
    if (wanted != "+" && wanted != actual && !(last_of_prefix && actual.starts_with(wanted))) return false;
  }
  return true;
}

bool WildcardRule::reaches_below(std::string_view mount_point) const {
  std::string_view rest = without_slash(mount_point);
  for (size_t i = 0; i < segments.size(); ++i) {
    const std::string_view actual = take_segment(rest);
    const std::string& wanted = segments[i];
    const bool last_of_prefix = prefix && i + 1 == segments.size();
    const bool prefixed = last_of_prefix && actual.starts_with(wanted);
    if (wanted != "+" && wanted != actual && !prefixed) return false;
    if (rest.empty()) return true;
  }
  return false;
}

const Permissions* Acl::Tree::find_exact(std::string_view path) const {
  const auto found = exact_index.find(path);
  return found == exact_index.end() ? nullptr : found->second;
}

const PrefixRule* Acl::Tree::longest_prefix(std::string_view path) const {
  const auto by_path = [](std::string_view text, const PrefixRule& rule) { return text < rule.path; };
  const auto after = std::upper_bound(prefixes.begin(), prefixes.end(), path, by_path);
  if (after == prefixes.begin()) return nullptr;
  // Every prefix of `path` is the rule just before it, or a prefix of that rule.
  for (size_t i = static_cast<size_t>(after - prefixes.begin()) - 1; i != SIZE_MAX; i = prefixes[i].parent) {
    if (path.starts_with(prefixes[i].path)) return &prefixes[i];
  }
  return nullptr;
}

const Permissions* Acl::Tree::find_pattern(std::string_view path) const {
  const PrefixRule* prefix = longest_prefix(path);
  for (const WildcardRule& rule : wildcards) {
    if (prefix != nullptr && rule.priority() < Priority{prefix->path.size(), true, 0, prefix->path}) break;
    if (rule.matches(path)) return &rule.permissions;
  }
  return prefix == nullptr ? nullptr : &prefix->permissions;
}

const Permissions* Acl::Tree::find(std::string_view path, bool lists) const {
  const bool slash = !path.empty() && path.back() == '/';
  if (const Permissions* found = find_exact(path); found != nullptr) return found;
  if (lists) {
    if (const Permissions* found = find_exact(without_slash(path)); found != nullptr) return found;
  }
  if (const Permissions* found = find_pattern(path); found != nullptr) return found;
  return lists && slash ? find_pattern(without_slash(path)) : nullptr;
}

}  // namespace bao::core
