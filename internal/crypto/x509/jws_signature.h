// Keys and signatures as JOSE writes them (RFC 7518 3 and 6, RFC 8037): bare numbers in place of DER. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "internal/base/result.h"
#include "internal/crypto/x509/key.h"

namespace bao::crypto::x509 {

// Public keys of big-endian numbers. Errors: invalid for numbers that are no key of a kind that PublicKey knows.
base::Result<PublicKey> rsa_public_key(std::string_view modulus, std::string_view exponent);
base::Result<PublicKey> ec_public_key(int bits, std::string_view x, std::string_view y);
base::Result<PublicKey> ed25519_public_key(std::string_view bytes);

// RS256 to RS512, PS256 to PS512, ES256 to ES512 and EdDSA.
bool is_jws_algorithm(std::string_view name);
// False too where the algorithm is unknown or doesn't go with the key.
bool verify_jws(const PublicKey& key, std::string_view algorithm, std::string_view message, std::string_view signature);
// Errors: invalid where verify_jws could never be true.
base::Result<std::string> sign_jws(const PrivateKey& key, std::string_view algorithm, std::string_view message);

}  // namespace bao::crypto::x509
