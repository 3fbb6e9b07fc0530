// How many requests each client has left in its interval. Thread-safe; bounded: of more clients at once than kClientsMax those that
// come last share one count, until others have been away for long enough.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "internal/base/clock.h"
#include "internal/base/mutex.h"

namespace bao::core {

struct Taken {
  bool allowed = true;
  bool blocked = false;        // refused without counting
  uint64_t remaining = 0;
  base::Duration until_full{0};  // until the interval is over and all requests are there again; of who is blocked: until he isn't
};

class ClientBuckets {
 public:
  static constexpr size_t kClientsMax = 65'536;

  // `tokens` requests an `interval`, which begins with a client's first one; who is refused is blocked for `block`, where it isn't 0.
  ClientBuckets(uint64_t tokens, base::Duration interval, base::Duration block);
  uint64_t tokens() const { return tokens_; }
  Taken take(std::string_view client, base::Time now);
  size_t clients() const;

 private:
  struct Bucket {
    base::Time began{}, used{}, blocked_until{};
    int64_t interval = 0;  // the how manieth since it began
    uint64_t left = 0;
  };
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  using Buckets = std::unordered_map<std::string, Bucket, Hash, std::equal_to<>>;
  struct alignas(64) Shard {
    mutable base::Mutex mutex{base::Rank::engine};
    Buckets buckets GUARDED_BY(mutex);
    base::Time swept GUARDED_BY(mutex){};
  };
  static constexpr size_t kShards = 16;

  Bucket& bucket_of(Shard& shard, std::string_view client, base::Time now) const REQUIRES(shard.mutex);
  bool is_stale(const Bucket& bucket, base::Time now) const;

  const uint64_t tokens_;
  const base::Duration interval_, block_;
  std::array<Shard, kShards> shards_;
};

}  // namespace bao::core
