#include "internal/engines/pki/acme/jws.h"

#include "internal/base/secret.h"
#include "internal/codec/encoding.h"
#include "internal/crypto/hash.h"
#include "internal/crypto/x509/jws_signature.h"

namespace bao::engines::pki::acme {
namespace {

using codec::Json;

constexpr codec::JsonLimits kLimits{.depth_max = 16};

std::optional<std::string> text_of(const Json& json, std::string_view name) {
  const Json* member = json.find(name);
  return member != nullptr && member->is_string() ? std::optional(member->as_string()) : std::nullopt;
}

Outcome<std::string> decoded(const std::optional<std::string>& text, const std::string& name) {
  if (!text) return malformed("missing required field '" + name + "'");
  // Without padding (RFC 7515 2).
  const auto bytes = text->ends_with('=') ? base::invalid("illegal base64 data: padding") : codec::from_base64url(*text);
  if (!bytes.ok()) return malformed("failed to base64 parse '" + name + "': " + bytes.error().message());
  return *bytes;
}

Outcome<Header> header_of(const Envelope& envelope) {
  ASSIGN_OR_RETURN(const std::string bytes, decoded(envelope.protected_header, "protected"));
  const auto json = codec::parse_json(bytes, kLimits);
  if (!json.ok()) return malformed("failed to json unmarshal 'protected': " + json.error().message());
  if (!json->is_object()) return malformed("failed to json unmarshal 'protected': not an object");
  // Extensions that must be understood (RFC 7515 4.1.11), among them the unencoded payload, which ACME forbids.
  if (json->find("crit") != nullptr) return malformed("failed to json unmarshal 'protected': unsupported header 'crit'");
  return Header{(*json)["alg"].as_string(), (*json)["kid"].as_string(), (*json)["nonce"].as_string(), (*json)["url"].as_string(), (*json)["jwk"]};
}

Failure invalid_header(const std::string& why) { return malformed("failed to json unmarshal 'protected': invalid header: " + why); }

std::string signed_text(const Envelope& envelope) { return *envelope.protected_header + "." + *envelope.payload; }

struct Parts {
  std::string payload, signature;
};
Outcome<Parts> parts_of(const Envelope& envelope) {
  ASSIGN_OR_RETURN(std::string payload, decoded(envelope.payload, "payload"));
  ASSIGN_OR_RETURN(std::string signature, decoded(envelope.signature, "signature"));
  return Parts{std::move(payload), std::move(signature)};
}

Failure wrong_signature() { return malformed("failed to verify signature"); }

}  // namespace

Envelope envelope_of(const Json& json) { return {text_of(json, "protected"), text_of(json, "payload"), text_of(json, "signature")}; }

Outcome<Header> request_header(const Envelope& envelope) {
  ASSIGN_OR_RETURN(Header header, header_of(envelope));
  if (!header.key_id.empty() && !header.jwk.is_null()) {
    return invalid_header("got both account 'kid' and 'jwk' in the same message; expected only one");
  }
  if (header.key_id.empty() && header.jwk.is_null()) return invalid_header("got neither required fields of 'kid' nor 'jwk'");
  if (!crypto::x509::is_jws_algorithm(header.algorithm)) return invalid_header("unexpected value for 'algo'");
  return header;
}

Outcome<Header> binding_header(const Envelope& envelope) {
  ASSIGN_OR_RETURN(Header header, header_of(envelope));
  if (header.key_id.empty()) return invalid_header("got missing required field 'kid'");
  if (header.algorithm != "HS256") return invalid_header("unexpected value for 'algo'");
  if (header.url.empty()) return malformed("missing required parameter 'url' in eab 'protected'");
  if (!header.nonce.empty()) return malformed("nonce should not be provided in eab 'protected'");
  return header;
}

Outcome<std::string> verified_payload(const Envelope& envelope, const Header& header, const crypto::x509::PublicKey& key) {
  ASSIGN_OR_RETURN(Parts parts, parts_of(envelope));
  if (!crypto::x509::verify_jws(key, header.algorithm, signed_text(envelope), parts.signature)) return wrong_signature();
  return std::move(parts.payload);
}

Outcome<std::string> verified_payload(const Envelope& envelope, const Header&, std::string_view mac_key) {
  ASSIGN_OR_RETURN(Parts parts, parts_of(envelope));
  if (!base::equal_in_constant_time(crypto::hmac_sha256(mac_key, signed_text(envelope)), parts.signature)) return wrong_signature();
  return std::move(parts.payload);
}

}  // namespace bao::engines::pki::acme
