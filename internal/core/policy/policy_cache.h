// A bounded map in shards: many readers, few fills, dropped as a whole or by key. Values are small handles (shared_ptr);
// nothing is computed under a shard's lock. Thread-safe. A fill from a view older than the last change is dropped (D5). So is one
// that was made of what another cache held, when anything changed since its making began: the view says nothing of that one's age.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "internal/base/ids.h"
#include "internal/base/limits.h"
#include "internal/base/mutex.h"

namespace bao::core {

// Key: owns its parts and has `size_t hash() const` and `bool operator==(const View&) const`; View: what it is looked up
// by, without allocating, with the same hash.
template <typename Key, typename Value>
class PolicyCache {
 public:
  template <typename View>
  std::optional<Value> find(const View& view, size_t hash) const {
    Shard& shard = shards_[hash % kShards];
    base::MutexLock lock(shard.mutex);
    const auto [begin, end] = shard.entries.equal_range(hash);
    for (auto entry = begin; entry != end; ++entry) {
      if (entry->second.key == view) return entry->second.value;
    }
    return std::nullopt;
  }

  // The entry of that number, for the audit: consecutive numbers come by all of them.
  std::optional<std::pair<Key, Value>> sample(uint64_t number) const {
    for (size_t empty = 0; empty < kShards; ++empty) {
      Shard& shard = shards_[(number + empty) % kShards];
      base::MutexLock lock(shard.mutex);
      if (shard.entries.empty()) continue;
      const auto at = std::next(shard.entries.begin(), static_cast<std::ptrdiff_t>(number / kShards % shard.entries.size()));
      return std::pair(at->second.key, at->second.value);
    }
    return std::nullopt;
  }

  size_t size() const {
    size_t all = 0;
    for (Shard& shard : shards_) {
      base::MutexLock lock(shard.mutex);
      all += shard.entries.size();
    }
    return all;
  }

  // How often something was dropped; before the making of what is to be filled.
  uint64_t drops() const { return drops_.load(); }

  // `bytes`: roughly what key and value take. `since`: drops() before the value's making, where it isn't of the view alone.
  void fill(Key key, size_t hash, Value value, size_t bytes, base::Index read_at, std::optional<uint64_t> since = std::nullopt) {
    Shard& shard = shards_[hash % kShards];
    base::MutexLock lock(shard.mutex);
    if (read_at < changed_at_.load() || (since && *since != drops_.load())) return;
    erase(shard, hash, key);
    constexpr size_t kEntriesMax = base::kPolicyCacheEntriesMax / kShards, kBytesMax = base::kPolicyCacheBytesMax / kShards;
    if (bytes > kBytesMax) return;
    while (!shard.entries.empty() && (shard.entries.size() >= kEntriesMax || shard.bytes + bytes > kBytesMax)) {
      shard.bytes -= shard.entries.begin()->second.bytes;  // whichever comes first: refilling is cheap
      shard.entries.erase(shard.entries.begin());
    }
    shard.bytes += bytes;
    shard.entries.emplace(hash, Entry{std::move(key), std::move(value), bytes});
  }

  // Fills from views before `index` are dropped from now on, and everything that is here.
  void drop_all(base::Index index) {
    note_change(index);
    for (Shard& shard : shards_) {
      std::unordered_multimap<size_t, Entry> dropped;  // freed outside the lock
      base::MutexLock lock(shard.mutex);
      dropped.swap(shard.entries);
      shard.bytes = 0;
    }
  }

  // The same, for one key.
  template <typename View>
  void drop(const View& view, size_t hash, base::Index index) {
    note_change(index);
    Shard& shard = shards_[hash % kShards];
    base::MutexLock lock(shard.mutex);
    erase(shard, hash, view);
  }

 private:
  static constexpr size_t kShards = 16;
  struct Entry {
    Key key;
    Value value;
    size_t bytes;
  };
  struct Shard {
    base::Mutex mutex{base::Rank::policy_cache};
    std::unordered_multimap<size_t, Entry> entries GUARDED_BY(mutex);
    size_t bytes GUARDED_BY(mutex) = 0;
  };

  void note_change(base::Index index) {
    ++drops_;
    base::Index seen = changed_at_.load();
    while (seen < index && !changed_at_.compare_exchange_weak(seen, index)) {
    }
  }

  template <typename View>
  static void erase(Shard& shard, size_t hash, const View& view) REQUIRES(shard.mutex) {
    const auto [begin, end] = shard.entries.equal_range(hash);
    for (auto entry = begin; entry != end; ++entry) {
      if (!(entry->second.key == view)) continue;
      shard.bytes -= entry->second.bytes;
      shard.entries.erase(entry);
      return;
    }
  }

  mutable std::array<Shard, kShards> shards_;
  std::atomic<base::Index> changed_at_{};
  std::atomic<uint64_t> drops_{0};
};

}  // namespace bao::core
