#include "internal/core/quota/client_buckets.h"

#include <algorithm>

namespace bao::core {
namespace {

constexpr base::Duration kStaleAfter = std::chrono::minutes(3), kSweepEvery = std::chrono::seconds(1);
constexpr base::Duration kLongest = std::chrono::hours(24 * 365 * 50);  // what is longer lasts as long as a server
constexpr std::string_view kOthers;  // no client has this name

}  // namespace

ClientBuckets::ClientBuckets(uint64_t tokens, base::Duration interval, base::Duration block)
    : tokens_(tokens),
      interval_(std::clamp(interval, base::Duration(1), kLongest)),
      block_(std::clamp(block, base::Duration(0), kLongest)) {}

// The clock may have been set back: a client's interval then begins anew.
Taken ClientBuckets::take(std::string_view client, base::Time now) {
  Shard& shard = shards_[Hash()(client) % kShards];
  const base::MutexLock lock(shard.mutex);
  Bucket& bucket = bucket_of(shard, client, now);
  if (now < bucket.used) bucket = Bucket{now, now, {}, 0, tokens_};
  bucket.used = now;
  if (now < bucket.blocked_until) return {.allowed = false, .blocked = true, .until_full = bucket.blocked_until - now};
  const int64_t interval = (now - bucket.began) / interval_;
  if (interval > bucket.interval) {
    bucket.interval = interval;
    bucket.left = tokens_;
  }
  Taken taken{.allowed = bucket.left > 0, .until_full = bucket.began + interval_ * (interval + 1) - now};
  if (taken.allowed) --bucket.left;
  else if (block_.count() > 0) bucket.blocked_until = now + block_;
  taken.remaining = bucket.left;
  return taken;
}

bool ClientBuckets::is_stale(const Bucket& bucket, base::Time now) const {
  return now - bucket.used >= std::max(kStaleAfter, interval_) && now >= bucket.blocked_until;
}

ClientBuckets::Bucket& ClientBuckets::bucket_of(Shard& shard, std::string_view client, base::Time now) const {
  Buckets& buckets = shard.buckets;
  if (const auto found = buckets.find(client); found != buckets.end()) return found->second;
  constexpr size_t kMax = kClientsMax / kShards;
  if (buckets.size() >= kMax && now - shard.swept >= kSweepEvery) {
    std::erase_if(buckets, [&](const auto& each) { return is_stale(each.second, now); });
    shard.swept = now;
  }
  const std::string_view name = buckets.size() < kMax ? client : kOthers;
  return buckets.try_emplace(std::string(name), Bucket{now, now, {}, 0, tokens_}).first->second;
}

size_t ClientBuckets::clients() const {
  size_t sum = 0;
  for (const Shard& shard : shards_) {
    const base::MutexLock lock(shard.mutex);
    sum += shard.buckets.size();
  }
  return sum;
}

}  // namespace bao::core
