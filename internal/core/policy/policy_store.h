// Stored policies by name and compiled ACLs by set of names, both cached (D5: a fill from a view older than the last
// invalidation is dropped), bounded in entries and bytes, in shards with a lock each that nothing is computed under.
// Thread-safe. Storage: openbao-storage.md 2.6.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/mutex.h"
#include "internal/core/policy/policy.h"
#include "internal/logical/request.h"
#include "internal/storage/view.h"

namespace bao::core {

// Whose ACL: a token by its own policies, and by what its entity adds.
struct AclSubject {
  const std::vector<std::string>& names;
  std::string_view inline_policy{};
  const logical::Identity* identity = nullptr;                   // nullptr: no entity
  const std::vector<std::string>* identity_policies = nullptr;   // nullptr: none, or the token does without
  uint64_t identity_serial = 0;  // 0: no entity; else of no other content of identity and its policies, ever
};

class PolicyStore {
 public:
  PolicyStore();
  ~PolicyStore();
  // Writes `default` (unless there) and `response-wrapping` (unless it has its text). In init's transaction and at unseal.
  base::Status initialize(storage::WriteView& all, base::Time now);

  // Views here are over the whole barrier. Names are trimmed and lower-cased. A policy past its expiration is absent.
  // "root" is made up.
  base::Result<std::shared_ptr<const Policy>> get(const storage::ReadView& all, const logical::Namespace& ns,
                                                  std::string_view name, base::Time now) const;  // nullptr when absent
  // Names that begin with `prefix`, folder by folder as the reference walks them, without `response-wrapping`. Without a
  // prefix, "root" is last.
  base::Result<std::vector<std::string>> list(const storage::ReadView& all, const logical::Namespace& ns,
                                              std::string_view prefix, base::Time now) const;
  // Errors: invalid for an immutable name and for an empty one. Versions and check-and-set are the caller's.
  base::Status put(storage::WriteView& all, const logical::Namespace& ns, const Policy& policy);
  // Errors: invalid for immutable names and `default`.
  base::Status remove(storage::WriteView& all, const logical::Namespace& ns, std::string_view name);

  // The ACL of a token's policies; names that don't exist add nothing. Cached by what it is made of until a policy changes or a
  // rule expires. Errors: invalid, "failed to construct ACL: …".
  base::Result<std::shared_ptr<const Acl>> acl(const storage::ReadView& all, const logical::Namespace& ns, const AclSubject& subject,
                                               base::Time now) const;
  // sys/policy/… changed at that index (the whole storage key). Quick, without I/O.
  void invalidate(std::string_view key, base::Index index);
  void invalidate_all(base::Index index);
  void clear() { invalidate_all({}); }

  // ---- for the audit of what is kept (core/invalidation)
  // The `number`th policy that is kept, compared with what the view holds; "": nothing to compare.
  struct Audited {
    std::string key{};
    std::shared_ptr<const Policy> policy{};  // nullptr: known to be absent
    bool same = true;
  };
  base::Result<Audited> audit(const storage::ReadView& all, uint64_t number) const;
  bool keeps(const Audited& audited) const;
  size_t kept() const;

 private:
  struct Cache;
  std::unique_ptr<Cache> cache_;
};

// "default" and "response-wrapping" as a new node has them, and what may not be changed.
std::string_view default_policy_text();
std::string_view response_wrapping_policy_text();
bool is_immutable_policy(std::string_view name);  // "root", "response-wrapping"

}  // namespace bao::core
