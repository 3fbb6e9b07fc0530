// Online certificate status (RFC 6960): requests read, answers made.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"
#include "internal/crypto/x509/certificate_template.h"

namespace bao::crypto::x509 {

// Which certificate is asked about: hashes of its issuer's name and key, and its serial number.
struct OcspCertificateId {
  std::string hash_algorithm;  // OID
  std::string issuer_name_hash, issuer_key_hash;
  std::string serial;          // serial.h
};
// SHA-1, SHA-256, SHA-384 and SHA-512; others match nobody.
bool is_about(const OcspCertificateId& id, const Certificate& issuer);

struct OcspRequest {
  std::vector<OcspCertificateId> certificates;  // at least one
  std::optional<std::string> nonce{};           // as it stood there (DER), to be repeated
};
// Errors: invalid. A signature of the request is not looked at.
base::Result<OcspRequest> parse_ocsp_request(std::string_view der);

struct OcspRevocation {
  Seconds at{};
  std::optional<int> reason{};
};
enum class OcspStatus : uint8_t { good, revoked, unknown };
struct OcspAnswer {
  OcspCertificateId certificate;
  OcspStatus status = OcspStatus::unknown;
  OcspRevocation revocation{};  // counts for revoked
  Seconds this_update{};
  std::optional<Seconds> next_update{};
};

// A successful answer in DER, signed; it names the responder by its subject. It carries no certificate: the issuer itself signs, whose
// certificate everybody who asks has. ENSURE: the signer has one. Errors: invalid for an algorithm that isn't the key's.
base::Result<std::string> sign_ocsp_response(const std::vector<OcspAnswer>& answers, const std::optional<std::string>& nonce,
                                             Seconds produced_at, const Signer& signer);

// Answers without content, by their numbers in RFC 6960 4.2.1.
enum class OcspFailure : uint8_t { malformed_request = 1, internal_error = 2, try_later = 3, unauthorized = 6 };
std::string ocsp_failure(OcspFailure failure);

}  // namespace bao::crypto::x509
