// Certificate revocation lists (RFC 5280 5): complete and delta, made and read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"
#include "internal/crypto/x509/certificate_template.h"

namespace bao::crypto::x509 {

struct RevokedCertificate {
  std::string serial;  // serial.h
  Seconds revoked_at{};
  std::vector<Extension> extensions{};  // reason code and others; mostly none
};

// The entries of a list as they are collected: about 36 bytes each, so that a million of them need 36 MB and no object each.
class RevokedList {
 public:
  // Error: invalid for an extension whose OID is none.
  base::Status add(const RevokedCertificate& revoked);
  size_t count() const { return count_; }
  const std::string& der() const { return der_; }

 private:
  std::string der_;  // entries one after the other
  size_t count_ = 0;
};

struct CrlTemplate {
  uint64_t number = 0;
  std::optional<uint64_t> delta_base{};  // makes it a delta list (critical) since that complete list
  Seconds this_update{}, next_update{};
  std::vector<std::string> delta_distribution_points{};  // URLs of the delta lists to a complete one
  std::vector<Extension> extensions{};   // after the others, e.g. an issuing distribution point
};

// In DER, version 2. ENSURE: the signer has a certificate. Errors: invalid for an algorithm that isn't the key's.
base::Result<std::string> sign_crl(const CrlTemplate& content, const RevokedList& revoked, const Signer& signer);

struct Crl {
  std::string issuer_der;
  Seconds this_update{};
  std::optional<Seconds> next_update{};
  std::optional<uint64_t> number{}, delta_base{};
  std::string authority_key_id{};
  std::vector<RevokedCertificate> revoked{};
  std::vector<Extension> extensions{};
  SignatureAlgorithm signature_algorithm = SignatureAlgorithm::unknown;
  std::string to_be_signed{}, signature{};
  bool is_signed_by(const PublicKey& key) const { return verify(key, signature_algorithm, to_be_signed, signature); }
};
// Exactly one list in DER. Errors: invalid.
base::Result<Crl> parse_crl(std::string_view der);

}  // namespace bao::crypto::x509
