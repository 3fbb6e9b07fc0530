#include "internal/core/policy/policy_store.h"


#include "internal/base/letters.h"
#include "internal/core/policy/policy_cache.h"
#include "internal/logical/policy_names.h"

namespace bao::core {
namespace {

constexpr std::string_view kFolder = "sys/policy/";
constexpr size_t kEntryBytes = 512;      // of bookkeeping, roughly
constexpr size_t kCompiledFactor = 6;    // memory of compiled rules per byte of text, roughly

size_t hash_of(std::string_view text) { return std::hash<std::string_view>()(text); }
size_t combine(size_t seed, size_t hash) { return (seed ^ hash) * 0x9E3779B97F4A7C15u + (seed >> 29); }

// Trimmed and in lower case.
std::string normal_name(std::string_view name) {
  constexpr std::string_view kBlanks = " \t\n\v\f\r";
  const size_t start = name.find_first_not_of(kBlanks);
  if (start == std::string_view::npos) return {};
  return base::lower_case(name.substr(start, name.find_last_not_of(kBlanks) - start + 1));
}

std::string folder_of(const logical::Namespace& ns) { return ns.storage_prefix + std::string(kFolder); }

using PolicyPtr = std::shared_ptr<const Policy>;
using AclPtr = std::shared_ptr<const Acl>;

struct AclView {
  std::string_view ns;
  const AclSubject& subject;

  bool extended() const { return subject.identity_policies != nullptr; }
  size_t hash() const {
    size_t seed = combine(hash_of(ns), subject.identity_serial * 2 + (extended() ? 1 : 0));
    for (const std::string& name : subject.names) seed = combine(seed, hash_of(name));
    return subject.inline_policy.empty() ? seed : combine(seed, hash_of(subject.inline_policy));
  }
};

struct AclKey {
  std::string ns;
  std::vector<std::string> names;
  std::string inline_policy;
  uint64_t identity_serial;
  bool extended;

  explicit AclKey(const AclView& view)
      : ns(view.ns), names(view.subject.names), inline_policy(view.subject.inline_policy),
        identity_serial(view.subject.identity_serial), extended(view.extended()) {}
  bool operator==(const AclKey&) const = default;
  bool operator==(const AclView& view) const {
    return identity_serial == view.subject.identity_serial && extended == view.extended() && ns == view.ns &&
           inline_policy == view.subject.inline_policy && names == view.subject.names;
  }
};

// A token that is root stays root, whatever its entity adds.
std::vector<std::string> all_names(const AclSubject& subject) {
  if (subject.identity_policies == nullptr) return subject.names;
  std::vector<std::string> names = subject.names;
  names.insert(names.end(), subject.identity_policies->begin(), subject.identity_policies->end());
  return logical::sanitize_policies(std::move(names), false);
}

const PolicyPtr& root_policy() {
  static const PolicyPtr kRoot = [] {
    auto policy = std::make_shared<Policy>();
    policy->name = "root";
    return policy;
  }();
  return kRoot;
}

}  // namespace

struct PolicyStore::Cache {
  PolicyCache<std::string, PolicyPtr> policies;  // by storage key; nullptr: known to be absent
  PolicyCache<AclKey, AclPtr> acls;

  void changed(std::string_view key, base::Index index) {
    policies.drop(key, hash_of(key), index);
    acls.drop_all(index);
  }
};

PolicyStore::PolicyStore() : cache_(std::make_unique<Cache>()) {}
PolicyStore::~PolicyStore() = default;

base::Status PolicyStore::initialize(storage::WriteView& all, base::Time now) {
  const logical::Namespace& ns = logical::root_namespace();
  const auto write = [&](std::string_view name, std::string_view text, bool keep_other_text) -> base::Status {
    ASSIGN_OR_RETURN(const PolicyPtr existing, get(all, ns, name, now));
    if (existing != nullptr && (keep_other_text || existing->raw == text)) return {};
    ASSIGN_OR_RETURN(Policy policy, make_policy(name, text));
    policy.version = existing == nullptr ? 1 : existing->version + 1;
    policy.modified = now;
    const std::string key = folder_of(ns) + policy.name;
    cache_->changed(key, base::Index{all.index().value + 1});
    return all.put(key, serialize_policy_entry(policy));
  };
  TRY(write("default", default_policy_text(), true));
  return write("response-wrapping", response_wrapping_policy_text(), false);
}

base::Result<PolicyPtr> PolicyStore::get(const storage::ReadView& all, const logical::Namespace& ns,
                                         std::string_view name, base::Time now) const {
  const std::string normal = normal_name(name);
  if (normal == "root") return root_policy();
  const std::string key = folder_of(ns) + normal;
  const size_t hash = hash_of(key);
  const auto current = [now](PolicyPtr policy) {
    return policy != nullptr && policy->expiration && now > *policy->expiration ? nullptr : std::move(policy);
  };
  if (auto cached = cache_->policies.find(std::string_view(key), hash); cached) return current(std::move(*cached));
  const base::Index read_at = all.index();
  ASSIGN_OR_RETURN(const std::optional<std::string> stored, all.get(key));
  PolicyPtr policy;
  if (stored) {
    ASSIGN_OR_RETURN(Policy parsed, parse_policy_entry(normal, *stored));
    policy = std::make_shared<const Policy>(std::move(parsed));
  }
  const size_t bytes = kEntryBytes + (stored ? kCompiledFactor * stored->size() : 0);
  cache_->policies.fill(key, hash, policy, bytes, read_at);
  return current(std::move(policy));
}

base::Result<std::vector<std::string>> PolicyStore::list(const storage::ReadView& all, const logical::Namespace& ns,
                                                         std::string_view prefix, base::Time now) const {
  const storage::PrefixReadView folder(all, folder_of(ns));
  ASSIGN_OR_RETURN(const std::vector<std::string> stored, storage::leaves_below(folder, ""));
  std::vector<std::string> names;
  for (const std::string& name : stored) {
    if (!name.starts_with(prefix) || name == "response-wrapping") continue;
    ASSIGN_OR_RETURN(const PolicyPtr policy, get(all, ns, name, now));
    if (policy != nullptr) names.push_back(name);
  }
  if (prefix.empty()) names.emplace_back("root");
  return names;
}

base::Status PolicyStore::put(storage::WriteView& all, const logical::Namespace& ns, const Policy& policy) {
  const std::string name = normal_name(policy.name);
  if (name.empty()) return base::invalid("policy name missing");
  if (is_immutable_policy(name)) return base::invalid("cannot update \"" + name + "\" policy");
  const std::string key = folder_of(ns) + name;
  // What this view reads from now on is not committed yet: it must not be cached.
  cache_->changed(key, base::Index{all.index().value + 1});
  return all.put(key, serialize_policy_entry(policy));
}

base::Status PolicyStore::remove(storage::WriteView& all, const logical::Namespace& ns, std::string_view name) {
  const std::string normal = normal_name(name);
  if (is_immutable_policy(normal)) return base::invalid("cannot delete \"" + normal + "\" policy");
  if (normal == "default") return base::invalid("cannot delete default policy");
  const std::string key = folder_of(ns) + normal;
  cache_->changed(key, base::Index{all.index().value + 1});
  return all.remove(key);
}

base::Result<AclPtr> PolicyStore::acl(const storage::ReadView& all, const logical::Namespace& ns,
                                      const AclSubject& subject, base::Time now) const {
  const AclView view{ns.storage_prefix, subject};
  const size_t hash = view.hash();
  if (auto cached = cache_->acls.find(view, hash); cached) {
    const auto expires = (*cached)->expires();
    if (!expires || now <= *expires) return std::move(*cached);
  }
  const base::Index read_at = all.index();
  const uint64_t since = cache_->acls.drops();  // a policy may come out of the cache just before its change is told
  std::vector<PolicyPtr> policies;
  size_t bytes = kEntryBytes;
  for (const std::string& name : all_names(subject)) {
    auto policy = get(all, ns, name, now);
    if (!policy.ok()) return policy.error().within("failed to get policy");
    if (*policy == nullptr) continue;
    bytes += kEntryBytes + kCompiledFactor * (*policy)->raw.size();
    policies.push_back(std::move(*policy));
  }
  if (!subject.inline_policy.empty()) {
    ASSIGN_OR_RETURN(Policy parsed, make_policy("", subject.inline_policy));
    bytes += kCompiledFactor * subject.inline_policy.size();
    policies.push_back(std::make_shared<const Policy>(std::move(parsed)));
  }
  auto compiled = Acl::compile(policies, subject.identity, now);
  if (!compiled.ok()) return compiled.error().within("failed to construct ACL");
  cache_->acls.fill(AclKey(view), hash, *compiled, bytes, read_at, since);
  return std::move(*compiled);
}

void PolicyStore::invalidate(std::string_view key, base::Index index) { cache_->changed(key, index); }

base::Result<PolicyStore::Audited> PolicyStore::audit(const storage::ReadView& all, uint64_t number) const {
  const auto sampled = cache_->policies.sample(number);
  if (!sampled) return Audited();
  Audited audited{sampled->first, sampled->second};
  ASSIGN_OR_RETURN(const std::optional<std::string> stored, all.get(audited.key));
  if (!stored || audited.policy == nullptr) {
    audited.same = !stored && audited.policy == nullptr;
    return audited;
  }
  ASSIGN_OR_RETURN(const Policy policy, parse_policy_entry(audited.policy->name, *stored));
  audited.same = serialize_policy_entry(policy) == serialize_policy_entry(*audited.policy);
  return audited;
}

bool PolicyStore::keeps(const Audited& audited) const {
  const auto kept = cache_->policies.find(std::string_view(audited.key), hash_of(audited.key));
  return kept && *kept == audited.policy;
}

size_t PolicyStore::kept() const { return cache_->policies.size() + cache_->acls.size(); }

void PolicyStore::invalidate_all(base::Index index) {
  cache_->policies.drop_all(index);
  cache_->acls.drop_all(index);
}

}  // namespace bao::core
