// JSON Web Keys (RFC 7517) as ACME's clients send them, and their thumbprints (RFC 7638). Pure.
#pragma once

#include <string>

#include "internal/codec/json.h"
#include "internal/crypto/x509/key.h"
#include "internal/engines/pki/acme/problem.h"

namespace bao::engines::pki::acme {

struct Jwk {
  codec::Json json;            // as it was sent
  crypto::x509::PublicKey key;
  std::string thumbprint;      // SHA-256, base64url
};

// RSA of 2048 bits or more, P-256, P-384, P-521 and Ed25519. Failures: malformed, bad_public_key.
Outcome<Jwk> parse_jwk(const codec::Json& json);

}  // namespace bao::engines::pki::acme
