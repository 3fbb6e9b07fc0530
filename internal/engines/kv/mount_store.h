// Where a KV v2 mount keeps things below "<backend aware uuid>/" (openbao-storage.md 6.2): configuration, key metadata
// under encrypted paths, versions under salted hashes. Thread-safe; caches the configuration, and the salt and the key
// policy, which are written once, by the index they were read at (ARCHITECTURE D5).
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/ids.h"
#include "internal/base/mutex.h"
#include "internal/base/published.h"
#include "internal/base/result.h"
#include "internal/engines/kv/key_policy.h"
#include "internal/engines/kv/records.h"
#include "internal/storage/view.h"

namespace bao::engines::kv {

class MountStore {
 public:
  explicit MountStore(std::string uuid);

  // Creates salt and key policy where they are absent.
  base::Status create_keys(storage::WriteView& view, base::Time now) const;
  // The mount has no older data that waits to be moved. Remembered once true.
  base::Result<bool> ready(const storage::ReadView& view) const;
  base::Result<UpgradeInfo> upgrade_info(const storage::ReadView& view) const;
  base::Status put_upgrade_info(storage::WriteView& view, const UpgradeInfo& info) const;

  // Absent: defaults. Cached: a change holds for every request that begins after it was answered.
  base::Result<Configuration> configuration(const storage::ReadView& view) const;
  // The same past the cache, for a transaction that depends on it.
  base::Result<Configuration> stored_configuration(const storage::ReadView& view) const;
  base::Status put_configuration(storage::WriteView& view, const Configuration& configuration) const;

  // Key metadata as stored, or nothing. A key is a clear path without a slash at its end; others have none.
  base::Result<std::optional<std::string>> metadata_bytes(const storage::ReadView& view, std::string_view key) const;
  base::Result<std::optional<KeyMetadata>> metadata(const storage::ReadView& view, std::string_view key) const;
  base::Status put_metadata(storage::WriteView& view, const KeyMetadata& metadata) const;
  base::Status remove_metadata(storage::WriteView& view, std::string_view key) const;
  // Names below a clear folder ("" or with or without a slash at its end), in order.
  base::Result<std::vector<std::string>> list(const storage::ReadView& view, std::string_view folder) const;

  // Version records as stored. Error of a read: internal when there is none.
  base::Result<std::string> version_bytes(const storage::ReadView& view, std::string_view key, uint64_t number) const;
  base::Status put_version(storage::WriteView& view, std::string_view key, uint64_t number, const Version& version) const;
  base::Status remove_version(storage::WriteView& view, std::string_view key, uint64_t number) const;

  void invalidate(std::string_view key, base::Index index);
  const std::string& uuid() const { return uuid_; }

 private:
  struct Keys {
    std::string salt;
    KeyPolicy policy;
  };
  using KeysPointer = std::shared_ptr<const Keys>;
  // Nullptr when the mount has none yet.
  base::Result<KeysPointer> keys(const storage::ReadView& view) const;
  base::Result<KeysPointer> required_keys(const storage::ReadView& view) const;
  std::string metadata_key(const std::string& encrypted) const;
  std::string version_key(const Keys& keys, std::string_view key, uint64_t number) const;

  // Publishes what was read through the view, unless something cached changed after its index.
  template <typename T>
  void keep(base::Published<T>& where, std::shared_ptr<const T> value, const storage::ReadView& view) const EXCLUDES(mutex_);

  const std::string uuid_;
  mutable base::Published<Keys> keys_;
  mutable base::Published<Configuration> configuration_;
  mutable std::atomic<bool> ready_{false};
  mutable base::Mutex mutex_{base::Rank::engine};
  base::Index invalidated_at_ GUARDED_BY(mutex_);
};

}  // namespace bao::engines::kv
