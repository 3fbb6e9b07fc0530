#include "internal/storage/raft/record_cache.h"

#include <algorithm>
#include <utility>

namespace bao::storage::raft {

size_t RecordCache::Entry::bytes() const {
  constexpr size_t kBookkeeping = 128;
  return kBookkeeping + key.size() + record.value.size();
}

std::optional<Record> RecordCache::find(std::string_view key, base::Index snapshot) {
  const size_t hash = hash_of(key);
  Shard& shard = shard_of(hash);
  const base::MutexLock lock(shard.mutex);
  auto found = shard.young.find(hash);
  if (found == shard.young.end()) {
    const auto older = shard.old.find(hash);
    if (older == shard.old.end()) return std::nullopt;
    auto node = shard.old.extract(older);
    begin_generation(shard);
    shard.young_bytes += node.mapped().bytes();
    found = shard.young.insert(std::move(node)).position;
  }
  const Entry& entry = found->second;
  if (entry.key != key) return std::nullopt;
  // Looked at after the entry: whoever put a later one did so after the mark was raised.
  const base::Index mark{mark_of(hash).load(std::memory_order_acquire)};
  if (mark > std::min(snapshot, entry.read_at)) return std::nullopt;
  return entry.record;
}

void RecordCache::put(std::string_view key, Record record, base::Index snapshot) {
  if (record.value.size() > kValueBytesMax) return forget(key);  // or an earlier value of the same batch would stay
  const size_t hash = hash_of(key);
  if (base::Index{mark_of(hash).load(std::memory_order_acquire)} > snapshot) return;
  Entry entry{std::string(key), std::move(record), snapshot};
  Shard& shard = shard_of(hash);
  const base::MutexLock lock(shard.mutex);
  begin_generation(shard);
  shard.old.erase(hash);
  if (const auto before = shard.young.find(hash); before != shard.young.end()) shard.young_bytes -= before->second.bytes();
  shard.young_bytes += entry.bytes();
  shard.young.insert_or_assign(hash, std::move(entry));
}

void RecordCache::forget(std::string_view key) {
  const size_t hash = hash_of(key);
  Shard& shard = shard_of(hash);
  const base::MutexLock lock(shard.mutex);
  shard.old.erase(hash);
  const auto found = shard.young.find(hash);
  if (found == shard.young.end()) return;
  shard.young_bytes -= found->second.bytes();
  shard.young.erase(found);
}

std::optional<std::string> RecordCache::sample(uint64_t number) {
  Shard& shard = shards_[number % kShards];
  const base::MutexLock lock(shard.mutex);
  const size_t all = shard.young.size() + shard.old.size();
  if (all == 0) return std::nullopt;
  const size_t place = number / kShards % all;
  const bool young = place < shard.young.size();
  return std::next((young ? shard.young : shard.old).begin(), static_cast<std::ptrdiff_t>(young ? place : place - shard.young.size()))
      ->second.key;
}

size_t RecordCache::size() {
  size_t all = 0;
  for (Shard& shard : shards_) {
    const base::MutexLock lock(shard.mutex);
    all += shard.young.size() + shard.old.size();
  }
  return all;
}

void RecordCache::begin_generation(Shard& shard) {
  if (shard.young_bytes < kGenerationBytesMax - kValueBytesMax) return;
  shard.old = std::move(shard.young);
  shard.young.clear();
  shard.young_bytes = 0;
}

void RecordCache::keep_written(const ChangeSet& set, std::vector<std::optional<Record>> records) {
  for (size_t i = 0; i < records.size(); ++i) {
    if (!records[i]) forget(set.keys[i]);
    else if (holds(set.keys[i])) put(set.keys[i], std::move(*records[i]), set.index);
  }
}

bool RecordCache::holds(std::string_view key) {
  const size_t hash = hash_of(key);
  Shard& shard = shard_of(hash);
  const base::MutexLock lock(shard.mutex);
  return shard.young.contains(hash) || shard.old.contains(hash);
}

void RecordCache::changing(std::string_view key, base::Index last) { raise(mark_of(hash_of(key)), last); }

void RecordCache::changing_all(base::Index last) {
  for (auto& mark : marks_) raise(mark, last);
}

void RecordCache::raise(std::atomic<uint64_t>& mark, base::Index last) {
  uint64_t before = mark.load(std::memory_order_relaxed);
  while (before < last.value && !mark.compare_exchange_weak(before, last.value, std::memory_order_seq_cst)) {
  }
}

}  // namespace bao::storage::raft
