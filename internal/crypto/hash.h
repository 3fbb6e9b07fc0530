// Hashes, MACs, key derivation and randomness (OpenSSL behind them). Thread-safe: contexts are kept per thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bao::crypto {

std::string sha1(std::string_view bytes);        // 20 bytes
std::string sha256(std::string_view bytes);      // 32 bytes
std::string sha384(std::string_view bytes);
std::string sha512(std::string_view bytes);
std::string md5(std::string_view bytes);
// The digests that tools/hash and transit name: "sha2-224" to "sha2-512", "sha3-224" to "sha3-512"; nothing for other names.
std::optional<std::string> digest_by_name(std::string_view name, std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view bytes);
std::string hkdf_sha256(std::string_view key, std::string_view salt, std::string_view info, size_t length);

// Straight from OpenSSL's generator, for key material. It ends the process when it fails, as those below do.
std::string random_bytes(size_t count);
// From bytes that OpenSSL gave this thread in advance, at a tenth of the cost for a few of them: nonces and identifiers. What
// was handed out is wiped here, and a forked process never repeats its parent's.
std::string random_nonce(size_t count);
std::string random_base62(size_t length);  // unbiased
std::string random_uuid();                 // 16 random bytes as 8-4-4-4-12 lower-case hex, no version bits

}  // namespace bao::crypto
