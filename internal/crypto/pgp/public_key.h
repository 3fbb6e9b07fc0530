// An OpenPGP public key that somebody gave, so that only they can read what we answer. An immutable value; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "internal/base/result.h"

namespace bao::crypto::pgp {

inline constexpr size_t kKeyBytesMax = 1 << 20;  // a key with the signatures of many
inline constexpr size_t kClearBytesMax = 64 * 1024;

class PublicKey {
 public:
  // The first key in `binary`, without armour; of a private key the public half. What stands behind it is not looked at. Errors:
  // invalid, for what is no key, or one that nothing can be encrypted for now.
  static base::Result<PublicKey> parse(std::string_view binary);

  // Of the primary key, in lower-case hex.
  const std::string& fingerprint() const { return fingerprint_; }
  // A message that the holder of the private key reads: binary, without armour, not compressed (RFC 4880 11.3).
  // Errors: invalid for more than kClearBytesMax; internal.
  base::Result<std::string> encrypt(std::string_view clear) const;

 private:
  PublicKey(std::string_view binary, std::string fingerprint) : binary_(binary), fingerprint_(std::move(fingerprint)) {}

  std::string binary_;
  std::string fingerprint_;
};

}  // namespace bao::crypto::pgp
