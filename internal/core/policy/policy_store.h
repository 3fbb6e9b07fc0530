// Stored policies by name and compiled ACLs by set of names, both cached (D5: tagged with the index they were read at, a
// fill older than the last invalidation is dropped). Thread-safe.
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

class PolicyStore {
 public:
  PolicyStore();
  ~PolicyStore();
  // Writes `default` (unless there) and `response-wrapping`. In init's transaction and at unseal of older data.
  base::Status initialize(storage::WriteView& all, base::Time now);

  // Views here are over the whole barrier. A policy past its expiration is absent. "root" is made up.
  base::Result<std::shared_ptr<const Policy>> get(const storage::ReadView& all, const logical::Namespace& ns,
                                                  std::string_view name, base::Time now) const;  // nullptr when absent
  // Sorted, with "root" last.
  base::Result<std::vector<std::string>> list(const storage::ReadView& all, const logical::Namespace& ns,
                                              std::string_view prefix) const;
  base::Status put(storage::WriteView& all, const logical::Namespace& ns, const Policy& policy);
  base::Status remove(storage::WriteView& all, const logical::Namespace& ns, std::string_view name);

  // The ACL of a token's policies; names that don't exist add nothing. Cached by the set of names and values.
  base::Result<std::shared_ptr<const Acl>> acl(const storage::ReadView& all, const logical::Namespace& ns,
                                               const std::vector<std::string>& names, std::string_view inline_policy,
                                               const TemplateValues& values, base::Time now) const;
  // sys/policy/… changed at that index.
  void invalidate(std::string_view key, base::Index index);
  void clear();

 private:
  struct Cache;
  std::unique_ptr<Cache> cache_;
};

// "default" and "response-wrapping" as a new node has them, and what may not be changed.
std::string_view default_policy_text();
std::string_view response_wrapping_policy_text();
bool is_immutable_policy(std::string_view name);  // "root", "response-wrapping"

}  // namespace bao::core
