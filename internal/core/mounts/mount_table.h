// The living mount table (openbao-api.md 2.3). Thread-safe.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "internal/barrier/barrier.h"
#include "internal/base/mutex.h"
#include "internal/core/mounts/mount_entry.h"
#include "internal/core/mounts/router.h"
#include "internal/logical/backend.h"

namespace bao::core {

struct MountDefaults {
  base::Duration default_lease_ttl = std::chrono::hours(768);
  base::Duration max_lease_ttl = std::chrono::hours(768);
};

class MountTable {
 public:
  // `secret_types` and `auth_types` make engines by type ("kv", "cubbyhole", "system", "token", …).
  MountTable(barrier::Barrier& barrier, std::map<std::string, logical::BackendFactory> secret_types,
             std::map<std::string, logical::BackendFactory> auth_types, MountDefaults defaults, const base::Clock& clock);

  // Writes the entries that every root namespace has: sys/, identity/, cubbyhole/ and auth token/. In init's transaction.
  base::Status initialize(storage::WriteView& all);
  // Reads the entries and builds the router. At unseal.
  base::Status load();
  void unload();
  // The router of the newest applied table; loads it anew when it is stale. Never nullptr while loaded.
  std::shared_ptr<const Router> router() const;
  // core/mounts/…, core/auth/… changed.
  void mark_stale(base::Index index);

  // Checks and writes a new entry (uuid, accessor given here) and runs the engine's initialize in the same transaction.
  // Errors: invalid "path is already in use at X/", unknown type, bad options.
  base::Result<MountEntry> enable(storage::WriteView& all, MountEntry entry);
  // Marks tainted (requests to it end with 404 from then on) and, in later transactions of its own, removes leases by the
  // given function, the data and the entry. Absent mounts are no error; built-in ones are refused.
  base::Status disable(std::string_view table, std::string_view path,
                       const std::function<base::Status(const MountEntry&)>& revoke_leases);
  // Rewrites an entry (tune). The caller read it with `find` in the same transaction.
  base::Result<MountEntry> find(const storage::ReadView& all, std::string_view table, std::string_view path) const;
  base::Status store(storage::WriteView& all, const MountEntry& entry);
  const MountDefaults& defaults() const { return defaults_; }
  // Engine of an entry, for upgrades by tune (kv v1 to v2) and for enabling.
  base::Result<std::unique_ptr<logical::Backend>> make_backend(const MountEntry& entry) const;
  bool knows_type(std::string_view table, std::string_view type) const;

 private:
  base::Result<std::shared_ptr<const Router>> build() const;

  barrier::Barrier& barrier_;
  std::map<std::string, logical::BackendFactory> secret_types_, auth_types_;
  MountDefaults defaults_;
  const base::Clock& clock_;
  mutable base::Mutex mutex_{base::Rank::mounts};
  mutable std::atomic<std::shared_ptr<const Router>> router_;
  mutable std::atomic<uint64_t> stale_{0}, built_{0};
};

}  // namespace bao::core
