// Signed messages (JWS, RFC 7515) in ACME's flattened form: read, and their signatures checked (RFC 8555 6.2). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "internal/codec/json.h"
#include "internal/engines/pki/acme/jwk.h"
#include "internal/engines/pki/acme/problem.h"

namespace bao::engines::pki::acme {

// The three members, in base64url; nothing where one is missing.
struct Envelope {
  std::optional<std::string> protected_header, payload, signature;
};
// Of a JSON object. Members that are no text count as missing.
Envelope envelope_of(const codec::Json& json);

struct Header {
  std::string algorithm, key_id, nonce, url;
  codec::Json jwk;  // null where key_id says which
};

// Of a request: kid or jwk, signed asymmetrically. Failures: malformed.
Outcome<Header> request_header(const Envelope& envelope);
// Of an external account binding: kid, signed by MAC, no nonce.
Outcome<Header> binding_header(const Envelope& envelope);

// The payload once its signature is right: "" for POST-as-GET. Failures: malformed.
Outcome<std::string> verified_payload(const Envelope& envelope, const Header& header, const crypto::x509::PublicKey& key);
// The same under a MAC key.
Outcome<std::string> verified_payload(const Envelope& envelope, const Header& header, std::string_view mac_key);

}  // namespace bao::engines::pki::acme
