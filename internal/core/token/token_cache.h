// Living tokens by the hash of their string. Bounded; a hit takes one shard's lock for a map search, which no writer holds
// longer. Thread-safe.
//
// Freshness (ARCHITECTURE D5): every entry carries the index of the snapshot it was read from. A change of a token or of its
// lease only raises a mark, found by the salted id; an entry older than its mark counts as absent, so a fill that raced with
// the change is never served. Several ids share a mark, which costs a needless miss and nothing else.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <string_view>
#include <unordered_map>

#include "internal/base/clock.h"
#include "internal/base/ids.h"
#include "internal/base/mutex.h"
#include "internal/core/token/token_entry.h"

namespace bao::core {

struct CachedToken {
  std::shared_ptr<const TokenEntry> entry;
  base::Time expires = base::Time::max();
  base::Index read_at;   // of the snapshot
  uint32_t mark = 0;     // TokenCache::mark_of(salted id)
};

class TokenCache {
 public:
  using Key = std::array<uint64_t, 4>;
  // SHA-256 of the token string: the string itself isn't kept as a key.
  static Key key_of(std::string_view token);
  static uint32_t mark_of(std::string_view salted_id);

  // nullptr when absent or older than the last change of its token.
  std::shared_ptr<const CachedToken> find(const Key& key);
  void put(const Key& key, CachedToken token);
  // The token (or its lease) with that salted id was changed by the batch at `index`.
  void changed(std::string_view salted_id, base::Index index);
  // Everything was (restore, seal): what was read before `index` is never served again.
  void clear(base::Index index);

 private:
  struct Hash {
    size_t operator()(const Key& key) const { return static_cast<size_t>(key[0]); }
  };
  using Map = std::unordered_map<Key, std::shared_ptr<const CachedToken>, Hash>;
  // Two generations approximate least-recently-used: a hit moves to the young one, and when that is full the old one goes.
  struct Shard {
    base::Mutex mutex{base::Rank::token_cache};
    Map young, old;
  };
  static constexpr size_t kShards = 64;
  static constexpr size_t kMarks = 16'384;

  Shard& shard_of(const Key& key) { return shards_[key[1] % kShards]; }
  void insert(Shard& shard, const Key& key, std::shared_ptr<const CachedToken> token);
  bool fresh(const CachedToken& token) const;

  std::array<Shard, kShards> shards_;
  std::array<std::atomic<uint64_t>, kMarks> marks_{};
  std::atomic<uint64_t> floor_{0};
};

}  // namespace bao::core
