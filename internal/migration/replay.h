// Applies what a log says to a storage, as OpenBao applies it to its own: a transaction is judged by what it read. Used by one
// thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "internal/base/result.h"
#include "internal/migration/log_entry.h"
#include "internal/storage/backend.h"

namespace bao::migration {

class Replay {
 public:
  explicit Replay(storage::Backend& target) : target_(target) {}

  // The operations of one entry, made whole or not at all. Errors: corrupt, unsupported, and those of the storage.
  base::Status apply(std::string_view command);

  uint64_t applied() const { return applied_; }
  uint64_t refused() const { return refused_; }  // transactions in conflict with what was written before them

 private:
  base::Result<bool> holds(const std::vector<LogOperation>& operations);

  storage::Backend& target_;
  uint64_t applied_ = 0, refused_ = 0;
};

}  // namespace bao::migration
