#include "internal/engines/kv/mount_store.h"

#include "internal/codec/encoding.h"
#include "internal/crypto/hash.h"

namespace bao::engines::kv {
namespace {

bool is_key(std::string_view path) { return !path.empty() && path.back() != '/'; }

}  // namespace

MountStore::MountStore(std::string uuid) : uuid_(std::move(uuid)) {}

base::Status MountStore::create_keys(storage::WriteView& view, base::Time now) const {
  ASSIGN_OR_RETURN(const auto salt, view.get(uuid_ + "/salt"));
  if (!salt) TRY(view.put(uuid_ + "/salt", crypto::random_uuid()));
  ASSIGN_OR_RETURN(const auto policy, view.get(uuid_ + "/policy/metadata"));
  if (policy) return {};
  const NewKeyPolicy fresh = make_key_policy(uuid_, now);
  TRY(view.put(uuid_ + "/archive/metadata", fresh.archive));
  return view.put(uuid_ + "/policy/metadata", fresh.policy);
}

base::Result<bool> MountStore::ready(const storage::ReadView& view) const {
  if (ready_.load(std::memory_order_acquire)) return true;
  ASSIGN_OR_RETURN(const UpgradeInfo info, upgrade_info(view));
  if (!info.done) return false;
  const base::Index index = view.index();
  base::MutexLock lock(mutex_);
  if (index >= invalidated_at_) ready_.store(true, std::memory_order_release);
  return true;
}

base::Result<UpgradeInfo> MountStore::upgrade_info(const storage::ReadView& view) const {
  ASSIGN_OR_RETURN(const auto bytes, view.get(uuid_ + "/upgrading"));
  if (!bytes) return UpgradeInfo{};
  return UpgradeInfo::parse(*bytes);
}

base::Status MountStore::put_upgrade_info(storage::WriteView& view, const UpgradeInfo& info) const {
  return view.put(uuid_ + "/upgrading", info.write());
}

template <typename T>
void MountStore::keep(base::Published<T>& where, std::shared_ptr<const T> value, const storage::ReadView& view) const {
  const base::Index index = view.index();
  base::MutexLock lock(mutex_);
  if (index >= invalidated_at_) where.set(std::move(value));
}

base::Result<Configuration> MountStore::configuration(const storage::ReadView& view) const {
  if (const auto held = configuration_.get(); held != nullptr) return *held;
  ASSIGN_OR_RETURN(Configuration stored, stored_configuration(view));
  keep(configuration_, std::make_shared<const Configuration>(stored), view);
  return stored;
}

base::Result<Configuration> MountStore::stored_configuration(const storage::ReadView& view) const {
  ASSIGN_OR_RETURN(const auto bytes, view.get(uuid_ + "/config"));
  if (!bytes) return Configuration{};
  return Configuration::parse(*bytes);
}

base::Status MountStore::put_configuration(storage::WriteView& view, const Configuration& configuration) const {
  return view.put(uuid_ + "/config", configuration.write());
}

base::Result<std::optional<std::string>> MountStore::metadata_bytes(const storage::ReadView& view, std::string_view key) const {
  if (!is_key(key)) return std::optional<std::string>();
  ASSIGN_OR_RETURN(const KeysPointer held, keys(view));
  if (!held) return std::optional<std::string>();
  ASSIGN_OR_RETURN(const std::string encrypted, held->policy.encrypt_path(key));
  return view.get(metadata_key(encrypted));
}

base::Result<std::optional<KeyMetadata>> MountStore::metadata(const storage::ReadView& view, std::string_view key) const {
  ASSIGN_OR_RETURN(const auto bytes, metadata_bytes(view, key));
  if (!bytes) return std::optional<KeyMetadata>();
  ASSIGN_OR_RETURN(KeyMetadata parsed, KeyMetadata::parse(*bytes));
  return std::optional(std::move(parsed));
}

base::Status MountStore::put_metadata(storage::WriteView& view, const KeyMetadata& metadata) const {
  ASSIGN_OR_RETURN(const KeysPointer held, required_keys(view));
  ASSIGN_OR_RETURN(const std::string encrypted, held->policy.encrypt_path(metadata.key));
  return view.put(metadata_key(encrypted), metadata.write());
}

base::Status MountStore::remove_metadata(storage::WriteView& view, std::string_view key) const {
  ASSIGN_OR_RETURN(const KeysPointer held, required_keys(view));
  ASSIGN_OR_RETURN(const std::string encrypted, held->policy.encrypt_path(key));
  return view.remove(metadata_key(encrypted));
}

base::Result<std::vector<std::string>> MountStore::list(const storage::ReadView& view, std::string_view folder) const {
  ASSIGN_OR_RETURN(const KeysPointer held, keys(view));
  if (!held) return std::vector<std::string>();
  ASSIGN_OR_RETURN(std::string encrypted, held->policy.encrypt_path(folder));
  if (!encrypted.empty()) encrypted += '/';
  ASSIGN_OR_RETURN(const auto names, view.list(metadata_key(encrypted)));
  return held->policy.decrypt_names(folder, names);
}

base::Result<std::string> MountStore::version_bytes(const storage::ReadView& view, std::string_view key, uint64_t number) const {
  ASSIGN_OR_RETURN(const KeysPointer held, required_keys(view));
  ASSIGN_OR_RETURN(auto bytes, view.get(version_key(*held, key, number)));
  if (!bytes) return base::internal("could not find version data");
  return std::move(*bytes);
}

base::Status MountStore::put_version(storage::WriteView& view, std::string_view key, uint64_t number, const Version& version) const {
  ASSIGN_OR_RETURN(const KeysPointer held, required_keys(view));
  return view.put(version_key(*held, key, number), version.write());
}

base::Status MountStore::remove_version(storage::WriteView& view, std::string_view key, uint64_t number) const {
  ASSIGN_OR_RETURN(const KeysPointer held, required_keys(view));
  return view.remove(version_key(*held, key, number));
}

void MountStore::invalidate(std::string_view key, base::Index index) {
  if (!key.starts_with(uuid_)) return;
  key.remove_prefix(uuid_.size());
  const bool cached = key.empty() || key == "/salt" || key == "/policy/metadata" || key == "/upgrading" || key == "/config";
  if (!cached) return;
  base::MutexLock lock(mutex_);
  if (invalidated_at_ < index) invalidated_at_ = index;
  keys_.set(nullptr);
  configuration_.set(nullptr);
  ready_.store(false, std::memory_order_release);
}

base::Result<MountStore::KeysPointer> MountStore::keys(const storage::ReadView& view) const {
  if (KeysPointer held = keys_.get(); held) return held;
  ASSIGN_OR_RETURN(const auto salt, view.get(uuid_ + "/salt"));
  ASSIGN_OR_RETURN(const auto stored, view.get(uuid_ + "/policy/metadata"));
  if (!salt || !stored) return KeysPointer();
  ASSIGN_OR_RETURN(KeyPolicy policy, KeyPolicy::parse(*stored));
  KeysPointer loaded = std::make_shared<const Keys>(Keys{*salt, std::move(policy)});
  keep(keys_, loaded, view);
  return loaded;
}

base::Result<MountStore::KeysPointer> MountStore::required_keys(const storage::ReadView& view) const {
  ASSIGN_OR_RETURN(KeysPointer held, keys(view));
  if (!held) return base::internal("the mount was not initialised: it has no salt or key policy");
  return held;
}

std::string MountStore::metadata_key(const std::string& encrypted) const { return uuid_ + "/metadata/" + encrypted; }

std::string MountStore::version_key(const Keys& keys, std::string_view key, uint64_t number) const {
  std::string salted = keys.salt;
  salted.append(key).append("|").append(std::to_string(number));
  const std::string hash = codec::to_hex(crypto::sha256(salted));
  std::string path;
  path.reserve(uuid_.size() + hash.size() + 16);
  path.append(uuid_).append("/versions/").append(hash, 0, 3).append("/").append(hash, 3);
  return path;
}

}  // namespace bao::engines::kv
