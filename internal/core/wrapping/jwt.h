// The signed form of a wrapping token (X-Vault-Wrap-Format: jwt; openbao-api.md 1.8): a JWS whose claims name the token.
// The key that signs lies in core/wrapping/jwtkey (openbao-storage.md 2.1). Pure functions over views of the whole
// barrier; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/codec/json.h"
#include "internal/storage/view.h"

namespace bao::core {

// Makes the key where there is none: at init, and at unseal for restored data.
base::Status ensure_wrapping_key(storage::WriteView& all);

struct WrappingClaims {
  std::string token, accessor, address;  // the accessor is the wrapped token's; the address the node's, or ""
  base::Time issued{};
  base::Duration ttl{0};
};
base::Result<std::string> signed_wrapping_token(const storage::ReadView& all, const WrappingClaims& claims);

// Whether a text is to be read as a signed token: two dots, and not those of a token's prefix or namespace.
bool looks_like_jwt(std::string_view token);
// The wrapping token that a signed one names. The lifetime isn't looked at: the token has one of its own. Errors: denied.
base::Result<std::string> token_inside_jwt(const storage::ReadView& all, std::string_view jwt);

// The parts of a JWS with ES512; the signature isn't checked yet. Errors: invalid.
struct UnverifiedJwt {
  std::string_view signed_part;  // of the given text
  std::string payload, signature;
};
base::Result<UnverifiedJwt> parse_jwt(std::string_view jwt);

}  // namespace bao::core
