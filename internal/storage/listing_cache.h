// Listings of large folders, known until something below them is written: a listing costs the database some hundred
// instructions a name. Thread-safe; notes take no lock.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "internal/base/ids.h"
#include "internal/base/mutex.h"

namespace bao::storage {

class ListingCache {
 public:
  using Names = std::shared_ptr<const std::vector<std::string>>;

  // The transaction at `index` writes `key`. Before any snapshot sees it; of one that is undone in the end, too.
  void note(std::string_view key, base::Index index);
  // Any key may have been written up to `index`: other content was put in place.
  void note_all(base::Index index);
  // Everything that a snapshot lists below `prefix`, or nullptr when that isn't known.
  Names find(std::string_view prefix, base::Index snapshot) const EXCLUDES(mutex_);
  // What that snapshot listed, without a limit. Short listings are not worth it.
  void keep(std::string_view prefix, const std::vector<std::string>& names, base::Index snapshot) EXCLUDES(mutex_);

 private:
  static constexpr size_t kSlots = 16'384;            // folders share them, which costs a listing and nothing else
  static constexpr size_t kNamesMin = 64;
  static constexpr size_t kBytesMax = size_t{16} << 20;
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  struct Listing {
    Names names;
    base::Index read_at;
  };
  static size_t slot_of(std::string_view folder) { return Hash()(folder) % kSlots; }
  void raise(std::string_view folder, base::Index index);

  std::vector<std::atomic<uint64_t>> changed_ = std::vector<std::atomic<uint64_t>>(kSlots);  // index of the last write below
  mutable base::Mutex mutex_{base::Rank::storage_pool};
  std::unordered_map<std::string, Listing, Hash, std::equal_to<>> listings_ GUARDED_BY(mutex_);
  size_t bytes_ GUARDED_BY(mutex_) = 0;
};

}  // namespace bao::storage
