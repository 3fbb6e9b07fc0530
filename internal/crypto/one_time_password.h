// One-time passwords (RFC 4226, RFC 6238). Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bao::crypto {

enum class PasscodeHash : uint8_t { sha1, sha256, sha512 };

// The passcode of a counter (of TOTP: periods since 1970), with leading zeros. `digits` 1 to 9.
std::string one_time_password(PasscodeHash hash, std::string_view key, uint64_t counter, int digits);

}  // namespace bao::crypto
