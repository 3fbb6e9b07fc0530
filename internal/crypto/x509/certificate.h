// Certificates read (RFC 5280). A value; the public key in it is shared and immutable.
#pragma once

#include <chrono>
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

// Whole seconds, because the year 9999 (a certificate that doesn't end) is too far for base::Time.
using Seconds = std::chrono::sys_seconds;

struct Certificate {
  std::string der;
  std::string serial;                    // serial.h
  Name subject, issuer;
  std::string subject_der, issuer_der;   // the same as encoded there: what names are compared and copied by
  Seconds not_before{}, not_after{};
  PublicKey public_key;
  SignatureAlgorithm signature_algorithm = SignatureAlgorithm::unknown;

  std::string subject_key_id, authority_key_id;        // "" when absent
  std::optional<BasicConstraints> basic_constraints{};
  std::optional<uint16_t> key_usage{};                 // sum of KeyUsage
  std::vector<std::string> extended_key_usages{};      // OIDs
  AlternativeNames alternative_names{};
  std::vector<std::string> policies{};                 // OIDs
  std::vector<std::string> permitted_dns_domains{};
  std::vector<std::string> ocsp_servers{}, issuing_certificates{}, crl_distribution_points{};  // URLs
  std::vector<Extension> extensions{};                 // all of them, in order

  std::string to_be_signed{}, signature{};

  // May sign certificates: a CA whose key usage, if it has one, says so.
  bool may_sign_certificates() const;
  bool may_sign_crls() const;
  bool self_issued() const { return subject_der == issuer_der; }
};

// Exactly one certificate in DER. Errors: invalid; other kinds of public keys are refused too.
base::Result<Certificate> parse_certificate(std::string_view der);
// One PEM block "CERTIFICATE", the first in the text.
base::Result<Certificate> parse_certificate_pem(std::string_view text);

// Whether `issuer` issued `certificate`: names, key identifiers where both have one, and the signature. Errors: invalid, and
// say which of them doesn't match. Whether the issuer was allowed to is may_sign_certificates.
base::Status check_issued_by(const Certificate& certificate, const Certificate& issuer);
// Whether that key made the signature.
bool is_signed_by(const Certificate& certificate, const PublicKey& key);

}  // namespace bao::crypto::x509
