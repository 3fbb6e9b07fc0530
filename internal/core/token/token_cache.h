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
#include <optional>
#include <string_view>
#include <unordered_map>

#include "internal/base/clock.h"
#include "internal/base/ids.h"
#include "internal/base/mutex.h"
#include "internal/base/time_format.h"
#include "internal/core/token/token_entry.h"

namespace bao::core {

// What lookups show of a token's lease.
struct LeaseGlance {
  base::Time issue_time = base::kZeroTime;
  base::Time expire_time = base::kZeroTime;        // kZeroTime: never
  base::Time last_renewal_time = base::kZeroTime;  // kZeroTime: never
  bool renewable = false;                          // until it expires
};

struct CachedToken {
  std::shared_ptr<const TokenEntry> entry;
  std::optional<LeaseGlance> lease;  // of the same snapshot
  base::Time expires = base::Time::max();
  base::Index read_at;   // of the snapshot
  uint32_t mark = 0;     // TokenCache::mark_of(salted id)
};

class TokenCache {
 public:
  static uint32_t mark_of(std::string_view salted_id);

  // By the token's text, which is compared in constant time with that of the entry found by its hash. nullptr when absent or
  // older than the last change of its token.
  std::shared_ptr<const CachedToken> find(std::string_view token);
  // Under its entry's id.
  void put(CachedToken token);
  // One that is kept and fresh, for the audit: consecutive numbers come by all of them. nullptr: there is none by that number.
  std::shared_ptr<const CachedToken> sample(uint64_t number);
  struct Size {
    size_t objects = 0, stale = 0;  // stale: marked, and not asked for since
  };
  Size size();
  // The token (or its lease) with that salted id was changed by the batch at `index`.
  void changed(std::string_view salted_id, base::Index index);
  // Everything was (restore, seal): what was read before `index` is never served again.
  void clear(base::Index index);

 private:
  // The hash of the token's text. Only tokens that exist are kept, so nobody can choose texts that collide.
  using Key = size_t;
  static Key key_of(std::string_view token) { return std::hash<std::string_view>()(token); }
  using Map = std::unordered_map<Key, std::shared_ptr<const CachedToken>>;
  // Two generations approximate least-recently-used: a hit moves to the young one, and when that is full the old one goes.
  struct Shard {
    base::Mutex mutex{base::Rank::token_cache};
    Map young, old;
  };
  static constexpr size_t kShards = 64;
  static constexpr size_t kMarks = 16'384;

  Shard& shard_of(Key key) { return shards_[(key >> 32) % kShards]; }
  void insert(Shard& shard, Key key, std::shared_ptr<const CachedToken> token);
  bool fresh(const CachedToken& token) const;

  std::array<Shard, kShards> shards_;
  std::array<std::atomic<uint64_t>, kMarks> marks_{};
  std::atomic<uint64_t> floor_{0};
};

}  // namespace bao::core
