// Passwords as bcrypt hashes ("$2a$10$…"), by libcrypt. Each call takes the time that the cost asks for, tens of milliseconds, so
// no lock may be held and no transaction open. Thread-safe; at most kBcryptConcurrentMax run at once, others wait a bounded time.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "internal/base/result.h"

namespace bao::crypto {

inline constexpr int kBcryptCost = 10;
inline constexpr size_t kBcryptPasswordMax = 72;  // bytes; bcrypt looks at no more

// Error: invalid for a password that is longer than bcrypt looks at; exhausted when too many wait.
base::Result<std::string> bcrypt_hash(std::string_view password);
// Whether the password is the hash's; false for what is no hash. Of a password only the first 72 bytes count, so older hashes of
// longer ones go on working. Error: exhausted.
base::Result<bool> bcrypt_matches(std::string_view hash, std::string_view password);
// The cost that a hash names; nothing for what is no hash.
std::optional<int> bcrypt_cost(std::string_view hash);
// A hash of nothing that anyone knows: what absent users are compared with.
const std::string& bcrypt_of_nobody();

}  // namespace bao::crypto
