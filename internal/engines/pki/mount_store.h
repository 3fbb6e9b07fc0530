// What a mount keeps in memory: issuers with their keys and settings, and roles. Each is dropped when a key of its kind changes
// and read anew by the next reader. Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "internal/base/ids.h"
#include "internal/base/limits.h"
#include "internal/base/mutex.h"
#include "internal/base/published.h"
#include "internal/engines/pki/authorities.h"
#include "internal/engines/pki/role_entry.h"
#include "internal/logical/backend.h"

namespace bao::engines::pki {

using AuthoritiesPointer = std::shared_ptr<const Authorities>;
using RolePointer = std::shared_ptr<const RoleEntry>;

class MountStore final : public RevokerSource {
 public:
  explicit MountStore(const logical::BackendConfig& config)
      : mount_point(config.mount_point), default_ttl(config.default_lease_ttl), max_ttl(config.max_lease_ttl) {}

  const std::string mount_point;
  const base::Duration default_ttl, max_ttl;

  // For reading: what was last known. Operations that change issuers load their own (Authorities::load), so that their transaction
  // conflicts with others.
  base::Result<AuthoritiesPointer> authorities(const storage::ReadView& view) const EXCLUDES(mutex_);
  // Nullptr when there is none.
  base::Result<RolePointer> role(const storage::ReadView& view, const std::string& name) const EXCLUDES(mutex_);
  base::Result<RevokerList> all(const storage::ReadView& view) const override EXCLUDES(mutex_);
  base::Result<RevokerList> all(const storage::WriteView& view) const override;
  void invalidate(std::string_view key, base::Index index) EXCLUDES(mutex_);

 private:
  using Roles = std::map<std::string, RolePointer, std::less<>>;
  static constexpr size_t kRolesMax = 1024;  // kept; a full table is begun anew

  mutable base::Published<Authorities> authorities_;
  mutable base::Published<std::vector<Revoker>> revokers_;  // of authorities_
  mutable base::Published<Roles> roles_;
  mutable base::Mutex mutex_{base::Rank::engine};
  mutable base::Index authorities_changed_ GUARDED_BY(mutex_);
  mutable base::Index roles_changed_ GUARDED_BY(mutex_);
};

}  // namespace bao::engines::pki
