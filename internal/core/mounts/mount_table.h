// The living mount table (openbao-api.md 2.3). Thread-safe. What requests read is one published Router; a change is
// written in the request's transaction, applying it marks the table stale, and the next reader loads it anew.
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
#include "internal/base/published.h"
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
  using Factories = std::map<std::string, logical::BackendFactory>;

  // `secret_types` and `auth_types` make engines by type ("kv", "cubbyhole", "system", "token", …). `plugin_version` is what
  // new entries carry ("v2.6.2+builtin.bao").
  MountTable(barrier::Barrier& barrier, Factories secret_types, Factories auth_types, MountDefaults defaults,
             const base::Clock& clock, std::string plugin_version = "");

  // Writes the entries that every root namespace has and that aren't there, looked for by type: sys/, identity/,
  // cubbyhole/ and auth token/. In init's transaction, and at unseal for restored data.
  base::Status initialize(storage::WriteView& all);
  // Reads the entries and builds the router. At unseal.
  base::Status load();
  // Runs initialize of every engine (D8), each in a transaction of its own, and moves data of older layouts. After load, on
  // the active node. An engine that refuses is logged and stays mounted.
  base::Status initialize_backends();
  // The same of engines that came into being since (a mount was enabled, or tuned to another version). Cheap when there are
  // none. After each write; errors are logged.
  void initialize_new_backends();
  // One turn of every engine's work. On the active node, by one thread. Errors are logged.
  void work();
  void unload();

  // The router of the newest applied table; loads it anew when it is stale. Never nullptr while loaded; nullptr else.
  std::shared_ptr<const Router> router() const;
  // The router as it stands, without loading: for the applier.
  std::shared_ptr<const Router> current() const { return router_.get(); }
  // It changed, and nobody asked for it since.
  bool stale() const { return stale_.load(std::memory_order_acquire) != built_.load(std::memory_order_acquire); }
  // core/mounts/…, core/auth/… changed. From the applier.
  void mark_stale(base::Index index);
  // The same, and every engine is made anew: what it kept is of other content.
  void mark_replaced(base::Index index);

  // Checks and writes a new entry (uuid, accessor given here) and runs the engine's initialize in the same transaction.
  // Errors: invalid "path is already in use at X/", unknown type, bad options.
  base::Result<MountEntry> enable(storage::WriteView& all, MountEntry entry);
  // Marks tainted (requests to it end with 404 from then on) and, in later transactions of its own, removes leases by the
  // given function, the data and the entry. Absent mounts are no error; built-in ones are refused.
  using RevokeLeases = std::function<base::Status(const MountEntry&)>;
  base::Status disable(std::string_view table, std::string_view path, const RevokeLeases& revoke_leases);
  // Goes on with what disable() left unfinished when the process ended.
  base::Status resume_disabling(const RevokeLeases& revoke_leases);

  // Rewrites an entry (tune). The caller read it with `find` in the same transaction. Absent: Code::absent.
  base::Result<MountEntry> find(const storage::ReadView& all, std::string_view table, std::string_view path) const;
  base::Status store(storage::WriteView& all, const MountEntry& entry);
  const MountDefaults& defaults() const { return defaults_; }
  // Engine of an entry, for upgrades by tune (kv v1 to v2) and for enabling.
  base::Result<std::unique_ptr<logical::Backend>> make_backend(const MountEntry& entry) const;
  bool knows_type(std::string_view table, std::string_view type) const;

 private:
  base::Status reload() const REQUIRES(mutex_);
  // Engines of `previous` stay where their settings did; nullptr: all are made anew.
  base::Result<std::shared_ptr<const Router>> build(const std::shared_ptr<const Router>& previous) const REQUIRES(mutex_);
  std::shared_ptr<const Mount> mount(MountEntry entry, const Router* previous) const REQUIRES(mutex_);
  logical::BackendConfig config_of(const MountEntry& entry) const;
  base::Status check_new(const storage::ReadView& all, const MountEntry& entry) const;
  base::Status write_builtin(storage::WriteView& all, MountEntry entry) const;
  base::Status initialize_backend(const Mount& mount);
  base::Status upgrade_backend(const Mount& mount);
  base::Status in_transaction(const Mount& mount, const std::function<base::Status(storage::WriteView&)>& body);
  std::vector<std::shared_ptr<const Mount>> take_new() EXCLUDES(mutex_);
  void keep_new(std::vector<std::shared_ptr<const Mount>> mounts) EXCLUDES(mutex_);
  base::Status remove_data(const MountEntry& entry);
  void complete(MountEntry& entry) const;

  barrier::Barrier& barrier_;
  const Factories secret_types_, auth_types_;
  const MountDefaults defaults_;
  const base::Clock& clock_;
  const std::string plugin_version_;
  // Held while the table is read from storage: readers who meet a stale table wait for the one that loads it.
  mutable base::Mutex mutex_{base::Rank::mounts};
  mutable bool loaded_ GUARDED_BY(mutex_) = false;
  mutable std::vector<std::shared_ptr<const Mount>> new_ GUARDED_BY(mutex_);  // engines that were not initialised yet
  mutable std::atomic<bool> has_new_{false};
  mutable base::Published<Router> router_;
  mutable std::atomic<uint64_t> stale_{0}, built_{0};
  mutable std::atomic<bool> engines_stale_{false};
};

// Entries of one table ("mounts", "auth") as a view sees them, both local and not; those of unknown namespaces are left
// out.
base::Result<std::vector<MountEntry>> stored_mounts(const storage::ReadView& all, std::string_view table);

// What serves a mount whose engine isn't here: every path answers with `text`, the data stays.
std::unique_ptr<logical::Backend> unavailable_backend(base::Code code, std::string text);

}  // namespace bao::core
