// From policies to an Acl: templates are filled, expired rules left out, rules of one path merged.
#include <algorithm>

#include "internal/core/policy/acl_tree.h"
#include "internal/core/policy/rule_path.h"
#include "internal/logical/identity_template.h"

namespace bao::core {
namespace {

void take_earlier(std::optional<base::Time> time, std::optional<base::Time>& into) {
  if (time && (!into || *time < *into)) into = time;
}

// What would make more of a path than its author meant, unless he says that he means it.
std::string blocked_in_values(const Policy& policy) {
  std::string blocked;
  if (!policy.allow_slashes_in_identity_templates) blocked += '/';
  if (!policy.allow_wildcards_in_identity_templates) blocked += "*+";
  return blocked;
}

struct Pattern {
  std::string path;
  bool prefix;
  auto operator<=>(const Pattern&) const = default;
};

class Compiler {
 public:
  Compiler(const logical::Identity* identity, base::Time now) : identity_(identity), now_(now) {}

  base::Status add(const Policy& policy) {
    for (const PathRule& rule : policy.rules) {
      if (rule.expiration && now_ > *rule.expiration) continue;
      if (!rule.templated) add(policy.name, rule);
      else TRY(add_templated(policy, rule));
    }
    return {};
  }

  template <typename Tree>
  void finish(Tree& tree) {
    tree.expires = expires_;
    for (auto& [path, permissions] : exact_) tree.exact.emplace_back(path, std::move(permissions));
    for (const auto& [path, permissions] : tree.exact) tree.exact_index.emplace(path, &permissions);
    for (auto& [path, permissions] : prefixes_) tree.prefixes.push_back({path, std::move(permissions), SIZE_MAX});
    link_parents(tree.prefixes);
    for (auto& [pattern, permissions] : wildcards_) {
      tree.wildcards.emplace_back(pattern.path, pattern.prefix, std::move(permissions));
    }
    std::sort(tree.wildcards.begin(), tree.wildcards.end(),
              [](const WildcardRule& a, const WildcardRule& b) { return b.priority() < a.priority(); });
  }

 private:
  void add(const std::string& policy, const PathRule& rule) {
    take_earlier(rule.expiration, expires_);
    if (rule.has_segment_wildcards) put(wildcards_, Pattern{rule.path, rule.prefix}, policy, rule);
    else if (rule.prefix) put(prefixes_, rule.path, policy, rule);
    else put(exact_, rule.path, policy, rule);
  }

  template <typename Map, typename Key>
  static void put(Map& map, const Key& key, const std::string& policy, const PathRule& rule) {
    const auto [at, is_new] = map.try_emplace(key, rule, policy);
    if (!is_new) at->second.merge(rule, policy);
  }

  base::Status add_templated(const Policy& policy, const PathRule& rule) {
    auto path = logical::fill_template(rule.written, identity_, blocked_in_values(policy), now_);
    if (!path.ok()) return {};  // not meant for this caller
    if (rule.written.find("time.") != std::string::npos) {
      take_earlier(std::chrono::floor<std::chrono::seconds>(now_) + std::chrono::seconds(1), expires_);
    }
    PathRule filled = rule;
    const base::Status set = set_rule_path(filled, std::move(*path));
    if (!set.ok()) {
      return set.error().within("error parsing templated policy " + quoted(policy.name) + ": failed to parse policy");
    }
    add(policy.name, filled);
    return {};
  }

  // Sorted by path: the rules that are prefixes of one another stand in a chain.
  static void link_parents(std::vector<PrefixRule>& prefixes) {
    std::vector<size_t> chain;
    for (size_t i = 0; i < prefixes.size(); ++i) {
      while (!chain.empty() && !prefixes[i].path.starts_with(prefixes[chain.back()].path)) chain.pop_back();
      if (!chain.empty()) prefixes[i].parent = chain.back();
      chain.push_back(i);
    }
  }

  const logical::Identity* const identity_;
  const base::Time now_;
  std::optional<base::Time> expires_;
  std::map<std::string, Permissions> exact_, prefixes_;
  std::map<Pattern, Permissions> wildcards_;
};

}  // namespace

base::Result<std::shared_ptr<const Acl>> Acl::compile(const std::vector<std::shared_ptr<const Policy>>& policies,
                                                      const logical::Identity* identity, base::Time now) {
  std::shared_ptr<Acl> acl(new Acl);
  Compiler compiler(identity, now);
  for (const auto& policy : policies) {
    if (policy == nullptr) continue;
    if (policy->name == "root") {
      if (policies.size() != 1) return base::invalid("other policies present along with root");
      acl->tree_->root = true;
    }
    TRY(compiler.add(*policy));
    take_earlier(policy->expiration, acl->tree_->expires);
  }
  const auto policies_end = acl->tree_->expires;
  compiler.finish(*acl->tree_);
  take_earlier(policies_end, acl->tree_->expires);
  return std::shared_ptr<const Acl>(std::move(acl));
}

}  // namespace bao::core
