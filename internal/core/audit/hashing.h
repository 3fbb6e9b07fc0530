// What audit devices write instead of secrets: an HMAC with the device's salt, so that a value can be looked for by who has it.
// Immutable, thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "internal/codec/json.h"

namespace bao::core::audit {

class Salted {
 public:
  explicit Salted(std::string salt) : salt_(std::move(salt)) {}
  // "hmac-sha256:<hex>"
  std::string hash(std::string_view text) const;
  // The same value with every string hashed, but for those below a key of `clear` and those that are times. Keys, numbers and
  // booleans stay.
  codec::Json hash_all(const codec::Json& value, const std::vector<std::string>& clear) const;

 private:
  codec::Json hash_below(const codec::Json& value, const std::vector<std::string>& clear, bool is_clear) const;
  const std::string salt_;
};

}  // namespace bao::core::audit
