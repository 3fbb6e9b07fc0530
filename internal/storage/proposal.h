// What every backend does with a proposal before it applies it: sizes and checks. Pure functions.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"
#include "internal/storage/backend.h"

namespace bao::storage {

// Bytes of keys and values, for batch limits.
size_t proposal_bytes(const Proposal& proposal);

// Code::too_large past the limits of base/limits.h, Code::invalid for an empty key.
base::Status check_sizes(const Proposal& proposal);

// The state that a proposal is judged against.
struct CheckSource {
  // Index that wrote the key, 0 when absent.
  std::function<base::Result<base::Index>(std::string_view key)> modified;
  std::function<base::Result<std::vector<std::string>>(const ListCheck& check)> list;
  // False: the key is as it was at that index, without a look at it. Optional.
  std::function<bool(std::string_view key, base::Index read_at)> maybe_written_after{};
};
// Code::conflict when what the transaction read has changed since.
base::Status check_reads(const Proposal& proposal, const CheckSource& source);

}  // namespace bao::storage
