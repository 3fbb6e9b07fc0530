// What an Acl is made of: merged permissions by exact path, by prefix, and by paths with '+' segments. Built once, then
// immutable. Only this folder sees it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "internal/core/policy/policy.h"

namespace bao::core {

// The union of the rules that have one path (openbao-api.md 2.4: shortest wrapping times, lowest page limit win).
struct Permissions {
  Capabilities capabilities = 0;
  std::optional<ParameterValues> allowed_parameters, denied_parameters;
  std::vector<std::string> required_parameters;
  base::Duration min_wrapping_ttl{0}, max_wrapping_ttl{0};
  int64_t pagination_limit = 0;
  std::string response_keys_filter_path;
  std::optional<base::Time> expiration;  // the earliest of its rules
  MergedRules origin;

  Permissions(const PathRule& rule, const std::string& policy);
  void merge(const PathRule& rule, const std::string& policy);
  bool grants() const { return (capabilities & kDeny) == 0 && capabilities != 0; }
};

// How a match compares with others; the reference's order, which most closely follows "the longest prefix wins".
struct Priority {
  size_t first_wildcard = 0;  // position of the first '+', or of the trailing '*'
  bool prefix = false;
  size_t wildcards = 0;
  std::string_view path;

  bool operator<(const Priority& other) const;
};

struct PrefixRule {
  std::string path;
  Permissions permissions;
  size_t parent = SIZE_MAX;  // the longest other prefix of this one
};

struct WildcardRule {
  std::string path;  // without its trailing '*'
  bool prefix = false;
  std::vector<std::string> segments;
  size_t pluses = 0;
  Permissions permissions;

  WildcardRule(std::string rule_path, bool is_prefix, Permissions merged);
  Priority priority() const { return {path.find('+'), prefix, pluses, path}; }
  bool matches(std::string_view request_path) const;
  // Whether some path below this mount point ("secret/") could match.
  bool reaches_below(std::string_view mount_point) const;
};

struct Acl::Tree {
  bool root = false;
  std::optional<base::Time> expires;
  std::vector<std::pair<std::string, Permissions>> exact;  // sorted by path
  std::unordered_map<std::string_view, const Permissions*> exact_index;
  std::vector<PrefixRule> prefixes;      // sorted by path
  std::vector<WildcardRule> wildcards;   // highest priority first

  const Permissions* find_exact(std::string_view path) const;
  const Permissions* find_pattern(std::string_view path) const;
  // By the rules of lists and scans where `lists`: a rule for the path without its trailing slash is a fallback.
  const Permissions* find(std::string_view path, bool lists) const;

 private:
  const PrefixRule* longest_prefix(std::string_view path) const;
};

}  // namespace bao::core
