// When keys were last written, roughly: tells at the cost of one table look-up that a key was not written since a snapshot
// was taken, which is what mostly holds for what a transaction read. Keys share slots, so "maybe" has to be looked up;
// results never depend on what this remembers. Used by one thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "internal/base/ids.h"

namespace bao::storage {

class RecentWrites {
 public:
  // Nothing is known of writes up to `applied`.
  explicit RecentWrites(base::Index applied) : slots_(kSlots, applied.value) {}

  void note(std::string_view key, base::Index index) { slot(key) = index.value; }
  bool maybe_written_after(std::string_view key, base::Index snapshot) { return slot(key) > snapshot.value; }

 private:
  static constexpr size_t kSlots = 32'768;
  uint64_t& slot(std::string_view key) { return slots_[std::hash<std::string_view>()(key) % kSlots]; }

  std::vector<uint64_t> slots_;  // the highest index of each
};

}  // namespace bao::storage
