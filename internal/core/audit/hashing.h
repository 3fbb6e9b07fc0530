// What audit devices write instead of secrets: an HMAC with the device's salt, so that a value can be looked for by who has it.
// Thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "internal/codec/json.h"
#include "internal/core/audit/token_hashes.h"

namespace bao::core::audit {

class Salted {
 public:
  explicit Salted(std::string_view salt);
  // "hmac-sha256:<hex>"
  std::string hash(std::string_view text) const;
  void append_hash(std::string& out, std::string_view text) const;
  // The value as JSON with every string hashed, but for those below a key of `clear` and those that are times. Keys, numbers and
  // booleans stay.
  void append_all_hashed(std::string& out, const codec::Json& value, const std::vector<std::string>& clear) const;
  // What every line repeats of a token.
  std::shared_ptr<const TokenHashes::Hashes> of_token(const TokenEntry& token) const;

 private:
  std::string inner_, outer_;  // the key's blocks (RFC 2104)
  mutable TokenHashes tokens_;
};

}  // namespace bao::core::audit
