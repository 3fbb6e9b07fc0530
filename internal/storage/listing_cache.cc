#include "internal/storage/listing_cache.h"

#include <algorithm>

namespace bao::storage {
namespace {

size_t bytes_of(std::string_view prefix, const std::vector<std::string>& names) {
  size_t bytes = prefix.size() + 128;
  for (const std::string& name : names) bytes += sizeof(name) + name.size();
  return bytes;
}

}  // namespace

void ListingCache::note_all(base::Index index) {
  for (auto& slot : changed_) {
    uint64_t seen = slot.load();
    while (seen < index.value && !slot.compare_exchange_weak(seen, index.value)) {
    }
  }
}

void ListingCache::raise(std::string_view folder, base::Index index) {
  std::atomic<uint64_t>& changed = changed_[slot_of(folder)];
  if (changed.load(std::memory_order_relaxed) < index.value) changed.store(index.value, std::memory_order_release);
}

void ListingCache::note(std::string_view key, base::Index index) {
  raise("", index);
  for (size_t slash = key.find('/'); slash != std::string_view::npos; slash = key.find('/', slash + 1)) {
    raise(key.substr(0, slash + 1), index);
  }
}

ListingCache::Names ListingCache::find(std::string_view prefix, base::Index snapshot) const {
  const uint64_t changed = changed_[slot_of(prefix)].load(std::memory_order_acquire);
  base::MutexLock lock(mutex_);
  const auto found = listings_.find(prefix);
  const bool holds = found != listings_.end() && changed <= found->second.read_at.value && changed <= snapshot.value;
  return holds ? found->second.names : nullptr;
}

// Full: emptied, because folders in use come back at once.
void ListingCache::keep(std::string_view prefix, const std::vector<std::string>& names, base::Index snapshot) {
  if (names.size() < kNamesMin) return;
  const size_t bytes = bytes_of(prefix, names);
  if (bytes > kBytesMax / 4) return;
  auto shared = std::make_shared<const std::vector<std::string>>(names);
  base::MutexLock lock(mutex_);
  if (const auto old = listings_.find(prefix); old != listings_.end()) {
    bytes_ -= bytes_of(prefix, *old->second.names);
    listings_.erase(old);
  }
  if (bytes_ + bytes > kBytesMax) {
    listings_.clear();
    bytes_ = 0;
  }
  bytes_ += bytes;
  listings_.emplace(prefix, Listing{std::move(shared), snapshot});
}

}  // namespace bao::storage
