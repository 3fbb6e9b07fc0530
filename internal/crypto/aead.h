// AES-256-GCM with 12-byte nonces and 16-byte tags. Thread-safe; cipher contexts are kept per thread.
#pragma once

#include <string>
#include <string_view>

#include "internal/base/result.h"
#include "internal/base/secret.h"

namespace bao::crypto {

inline constexpr size_t kNonceBytes = 12;
inline constexpr size_t kTagBytes = 16;

// ciphertext || tag.
base::Result<std::string> gcm_seal(std::string_view key, std::string_view nonce, std::string_view plain,
                                   std::string_view aad = {});
// Code::corrupt when the tag does not match.
base::Result<std::string> gcm_open(std::string_view key, std::string_view nonce, std::string_view sealed,
                                   std::string_view aad = {});

}  // namespace bao::crypto
