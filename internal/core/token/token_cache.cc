#include "internal/core/token/token_cache.h"

#include "internal/base/limits.h"
#include "internal/base/secret.h"

namespace bao::core {
namespace {

void raise(std::atomic<uint64_t>& mark, uint64_t to) {
  uint64_t before = mark.load(std::memory_order_relaxed);
  while (before < to && !mark.compare_exchange_weak(before, to, std::memory_order_release)) {
  }
}

}  // namespace

uint32_t TokenCache::mark_of(std::string_view salted_id) {
  return static_cast<uint32_t>(std::hash<std::string_view>()(salted_id) % kMarks);
}

bool TokenCache::fresh(const CachedToken& token) const {
  return marks_[token.mark].load(std::memory_order_acquire) <= token.read_at.value &&
         floor_.load(std::memory_order_acquire) <= token.read_at.value;
}

std::shared_ptr<const CachedToken> TokenCache::find(std::string_view token) {
  const Key key = key_of(token);
  Shard& shard = shard_of(key);
  std::shared_ptr<const CachedToken> found;
  {
    const base::MutexLock lock(shard.mutex);
    if (const auto at = shard.young.find(key); at != shard.young.end()) {
      found = at->second;
    } else if (const auto older = shard.old.find(key); older != shard.old.end()) {
      found = older->second;
      shard.old.erase(older);
      insert(shard, key, found);
    }
  }
  const bool right = found != nullptr && base::equal_in_constant_time(found->entry->id, token) && fresh(*found);
  return right ? found : nullptr;
}

void TokenCache::put(CachedToken token) {
  const Key key = key_of(token.entry->id);
  auto shared = std::make_shared<const CachedToken>(std::move(token));
  Shard& shard = shard_of(key);
  const base::MutexLock lock(shard.mutex);
  shard.old.erase(key);
  insert(shard, key, std::move(shared));
}

void TokenCache::insert(Shard& shard, Key key, std::shared_ptr<const CachedToken> token) {
  constexpr size_t kGeneration = base::kTokenCacheEntriesMax / kShards / 2;
  if (shard.young.size() >= kGeneration) {
    shard.old = std::move(shard.young);
    shard.young.clear();
  }
  shard.young.insert_or_assign(key, std::move(token));
}

std::shared_ptr<const CachedToken> TokenCache::sample(uint64_t number) {
  std::shared_ptr<const CachedToken> found;
  for (size_t empty = 0; empty < kShards && found == nullptr; ++empty) {
    Shard& shard = shards_[(number + empty) % kShards];
    const base::MutexLock lock(shard.mutex);
    const size_t all = shard.young.size() + shard.old.size();
    if (all == 0) continue;
    const size_t place = number / kShards % all;
    const bool young = place < shard.young.size();
    found = std::next((young ? shard.young : shard.old).begin(), static_cast<std::ptrdiff_t>(young ? place : place - shard.young.size()))->second;
  }
  return found != nullptr && fresh(*found) ? found : nullptr;
}

TokenCache::Size TokenCache::size() {
  Size size;
  for (Shard& shard : shards_) {
    const base::MutexLock lock(shard.mutex);
    size.objects += shard.young.size() + shard.old.size();
    for (const Map* map : {&shard.young, &shard.old})
      for (const auto& [key, token] : *map) size.stale += fresh(*token) ? 0 : 1;
  }
  return size;
}

void TokenCache::changed(std::string_view salted_id, base::Index index) { raise(marks_[mark_of(salted_id)], index.value); }

void TokenCache::clear(base::Index index) {
  raise(floor_, index.value);
  for (Shard& shard : shards_) {
    const base::MutexLock lock(shard.mutex);
    shard.young.clear();
    shard.old.clear();
  }
}

}  // namespace bao::core
