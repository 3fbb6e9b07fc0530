// Records that were read or written lately, as they are stored (encrypted), in front of SQLite: a point read there costs 5 us, a hit
// a tenth of it. Bounded in bytes; a hit takes one shard's lock for a search and the copy of a small value. Thread-safe.
//
// Freshness (ARCHITECTURE D5): a record carries the index of the snapshot it was read from. Before a batch is committed it
// raises the marks of the keys that it may change, found by the key's hash; a record is served to a snapshot only when
// neither of the two is older than the mark: nothing changed the key between them, in whatever order they came. Several
// keys share a mark, which costs needless misses and nothing else.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "internal/base/ids.h"
#include "internal/base/mutex.h"
#include "internal/storage/backend.h"

namespace bao::storage::raft {

class RecordCache {
 public:
  static constexpr size_t kBytesMax = 8u << 20;
  static constexpr size_t kValueBytesMax = 8u << 10;  // larger ones are read from SQLite

  // What a snapshot of that index reads for the key; nothing when that isn't known here.
  std::optional<Record> find(std::string_view key, base::Index snapshot);
  void put(std::string_view key, Record record, base::Index snapshot);
  void forget(std::string_view key);
  // What a batch left behind, of keys that are here: they are read next (metadata, by the next write of its key). Others that were
  // written, versions of secrets mostly, would put what readers use out of its place. `records` are in step with the keys; nothing: the
  // key was removed.
  void keep_written(const ChangeSet& set, std::vector<std::optional<Record>> records);
  // For the audit: the key of an entry; consecutive numbers come by all of them.
  std::optional<std::string> sample(uint64_t number);
  size_t size();
  // A batch that ends at `last` or before changes the key. Called before anyone can see the change.
  void changing(std::string_view key, base::Index last);
  // Any key may change up to `last`: other content is put in place.
  void changing_all(base::Index last);

 private:
  struct Entry {
    std::string key;
    Record record;
    base::Index read_at;
    size_t bytes() const;
  };
  // By the key's hash: of two keys that share one, the later is kept.
  using Map = std::unordered_map<size_t, Entry>;
  // Two generations approximate least-recently-used: a hit moves to the young one, and when that is full the old one goes.
  struct Shard {
    base::Mutex mutex{base::Rank::storage_pool};
    Map young GUARDED_BY(mutex), old GUARDED_BY(mutex);
    size_t young_bytes GUARDED_BY(mutex) = 0;
  };
  static constexpr size_t kShards = 16;
  static constexpr size_t kGenerationBytesMax = kBytesMax / kShards / 2;
  static constexpr size_t kMarks = 8192;

  static size_t hash_of(std::string_view key) { return std::hash<std::string_view>()(key); }
  Shard& shard_of(size_t hash) { return shards_[(hash >> 32) % kShards]; }
  std::atomic<uint64_t>& mark_of(size_t hash) { return marks_[hash % kMarks]; }
  static void raise(std::atomic<uint64_t>& mark, base::Index last);
  void begin_generation(Shard& shard) REQUIRES(shard.mutex);
  bool holds(std::string_view key);

  std::array<Shard, kShards> shards_;
  std::array<std::atomic<uint64_t>, kMarks> marks_{};
};

}  // namespace bao::storage::raft
