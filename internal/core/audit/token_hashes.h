// What lines repeat of the tokens that were used lately. Kept by their accessors, so that nothing secret is; batch tokens, which have none,
// are not kept. Bounded: tokens whose accessors share a place take it from each other. Thread-safe.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>

#include "internal/base/mutex.h"
#include "internal/core/token/token_entry.h"

namespace bao::core::audit {

class TokenHashes {
 public:
  struct Hashes {
    std::string id, accessor;  // HMACs
    std::string client_id;     // by which clients are counted
  };

  // nullptr: not kept.
  std::shared_ptr<const Hashes> find(const TokenEntry& token) {
    if (token.accessor.empty()) return nullptr;
    Place& place = place_of(token);
    const base::MutexLock lock(place.mutex);
    return place.accessor == token.accessor && place.entity_id == token.entity_id ? place.hashes : nullptr;
  }

  void keep(const TokenEntry& token, std::shared_ptr<const Hashes> hashes) {
    if (token.accessor.empty()) return;
    Place& place = place_of(token);
    const base::MutexLock lock(place.mutex);
    place.accessor = token.accessor;
    place.entity_id = token.entity_id;
    place.hashes = std::move(hashes);
  }

 private:
  static constexpr size_t kPlaces = 256;
  struct Place {
    base::Mutex mutex{base::Rank::background_job};
    std::string accessor GUARDED_BY(mutex), entity_id GUARDED_BY(mutex);
    std::shared_ptr<const Hashes> hashes GUARDED_BY(mutex);
  };
  Place& place_of(const TokenEntry& token) { return (*places_)[std::hash<std::string>()(token.accessor) % kPlaces]; }

  const std::unique_ptr<std::array<Place, kPlaces>> places_ = std::make_unique<std::array<Place, kPlaces>>();
};

}  // namespace bao::core::audit
