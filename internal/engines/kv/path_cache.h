// Clear paths and what they are encrypted to, bounded. Encryption is convergent, so entries never go stale: the cache
// goes with its key policy. Thread-safe; locks are held for a lookup only.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "internal/base/limits.h"
#include "internal/base/mutex.h"

namespace bao::engines::kv {

class PathCache {
 public:
  std::optional<std::string> find(std::string_view path) const {
    const Shard& shard = shard_of(path);
    base::MutexLock lock(shard.mutex);
    const auto found = shard.paths.find(path);
    if (found == shard.paths.end()) return std::nullopt;
    return found->second;
  }

  // A full shard is emptied first: paths in use come back at once.
  void put(std::string_view path, const std::string& encrypted) {
    if (path.size() > kPathBytesMax) return;
    Shard& shard = const_cast<Shard&>(shard_of(path));
    base::MutexLock lock(shard.mutex);
    if (shard.paths.size() >= base::kKvPathCacheEntriesMax / kShards) shard.paths.clear();
    shard.paths.emplace(path, encrypted);
  }

 private:
  static constexpr size_t kShards = 16;
  static constexpr size_t kPathBytesMax = 1024;
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  struct Shard {
    mutable base::Mutex mutex{base::Rank::engine};
    std::unordered_map<std::string, std::string, Hash, std::equal_to<>> paths GUARDED_BY(mutex);
  };

  const Shard& shard_of(std::string_view path) const { return shards_[Hash()(path) % kShards]; }
  std::array<Shard, kShards> shards_;
};

}  // namespace bao::engines::kv
