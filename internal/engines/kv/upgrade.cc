// From version 1 to 2: every plain secret becomes the first version of a key.
#include "internal/base/limits.h"
#include "internal/engines/kv/v2.h"

namespace bao::engines::kv {
namespace {

constexpr size_t kStepKeysMax = 256;
constexpr size_t kStepBytesMax = base::kTransactionBytesMax / 4;

// Up to `count` keys of version 1, found depth first; empties as they are moved.
base::Status collect(const storage::ReadView& view, const std::string& folder, const std::string& own, size_t count,
                     std::vector<std::string>& keys) {
  const auto limit = static_cast<int64_t>(count - keys.size()) + 1;  // one may be our own folder
  ASSIGN_OR_RETURN(const auto names, view.list(folder, "", limit));
  for (const std::string& name : names) {
    if (keys.size() >= count) return {};
    if (folder.empty() && name == own) continue;
    if (name.ends_with('/')) TRY(collect(view, folder + name, own, count, keys));
    else keys.push_back(folder + name);
  }
  return {};
}

base::Status move_key(const MountStore& store, storage::WriteView& view, const std::string& key, std::string secret,
                      base::Time now) {
  KeyMetadata metadata;
  metadata.key = key;
  TRY(store.put_version(view, key, 1, {std::move(secret), now, std::nullopt}));
  metadata.add_version(now, std::nullopt, 1);
  TRY(store.put_metadata(view, metadata));
  return view.remove(key);
}

}  // namespace

base::Status VersionedBackend::initialize(storage::WriteView& view) {
  const base::Time now = clock_.now();
  TRY(store_.create_keys(view, now));
  ASSIGN_OR_RETURN(UpgradeInfo info, store_.upgrade_info(view));
  if (info.done) return {};
  std::vector<std::string> waiting;
  TRY(collect(view, "", store_.uuid() + "/", 1, waiting));
  info.done = waiting.empty();
  if (!info.started_time) info.started_time = now;
  return store_.put_upgrade_info(view, info);
}

base::Result<bool> VersionedBackend::upgrade_step(storage::WriteView& view) {
  ASSIGN_OR_RETURN(UpgradeInfo info, store_.upgrade_info(view));
  if (info.done) return true;
  std::vector<std::string> keys;
  TRY(collect(view, "", store_.uuid() + "/", kStepKeysMax, keys));
  if (keys.empty()) {
    info.done = true;
    TRY(store_.put_upgrade_info(view, info));
    return true;
  }
  size_t moved_bytes = 0;
  for (const std::string& key : keys) {
    if (moved_bytes >= kStepBytesMax) return false;
    ASSIGN_OR_RETURN(auto secret, view.get(key));
    if (!secret) continue;
    moved_bytes += secret->size();
    TRY(move_key(store_, view, key, std::move(*secret), clock_.now()));
  }
  return false;
}

}  // namespace bao::engines::kv
