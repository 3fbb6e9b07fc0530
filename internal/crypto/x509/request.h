// Certificate requests, PKCS#10 (RFC 2986): read and made.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"
#include "internal/crypto/x509/alternative_names.h"
#include "internal/crypto/x509/extension.h"
#include "internal/crypto/x509/key.h"
#include "internal/crypto/x509/name.h"
#include "internal/crypto/x509/signature.h"

namespace bao::crypto::x509 {

struct CertificateRequest {
  std::string der;
  Name subject;
  PublicKey public_key;
  AlternativeNames alternative_names{};
  std::optional<BasicConstraints> basic_constraints{};
  std::optional<uint16_t> key_usage{};
  std::vector<std::string> extended_key_usages{};  // OIDs
  std::vector<Extension> extensions{};             // all of the extension request, in order
  SignatureAlgorithm signature_algorithm = SignatureAlgorithm::unknown;
  std::string to_be_signed{}, signature{};
  // The applicant holds the key.
  bool signature_is_valid() const { return verify(public_key, signature_algorithm, to_be_signed, signature); }
};

// Exactly one request in DER; its signature is not looked at. Other attributes than the extension request are passed over. Errors:
// invalid.
base::Result<CertificateRequest> parse_request(std::string_view der);
// The first PEM block, which has to be a request.
base::Result<CertificateRequest> parse_request_pem(std::string_view text);

struct RequestTemplate {
  Name subject{};
  AlternativeNames alternative_names{};
  std::vector<Extension> extensions{};  // before the alternative names
};
// In DER. Errors: invalid, as for certificates.
base::Result<std::string> sign_request(const RequestTemplate& content, const PrivateKey& key, SignatureAlgorithm algorithm);

}  // namespace bao::crypto::x509
