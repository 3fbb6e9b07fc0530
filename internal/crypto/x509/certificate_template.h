// Certificates made (RFC 5280): what shall stand in one, and signing it. Pure but for the random serial number.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "internal/base/result.h"
#include "internal/crypto/x509/certificate.h"

namespace bao::crypto::x509 {

// Who signs. `certificate` gives issuer name and authority key identifier; nullptr where certificate or list is signed by
// its own subject.
struct Signer {
  PrivateKey key;
  SignatureAlgorithm algorithm;
  const Certificate* certificate = nullptr;
};

struct CertificateTemplate {
  PublicKey public_key;
  Name subject{};
  std::string subject_der{};                      // if not "", used in place of `subject`
  Seconds not_before{}, not_after{};
  std::string serial{};                           // "": 159 random bits

  uint16_t key_usage = 0;                         // 0: no such extension; critical
  std::vector<std::string> extended_key_usages{}; // OIDs
  std::optional<BasicConstraints> basic_constraints{};  // critical
  std::string subject_key_id{};                   // "": the public key's
  std::vector<std::string> ocsp_servers{}, issuing_certificates{};  // URLs
  AlternativeNames alternative_names{};           // critical where the subject is empty
  std::vector<Policy> policies{};
  std::vector<std::string> permitted_dns_domains{};     // critical
  std::vector<std::string> crl_distribution_points{}, delta_crl_distribution_points{};  // URLs
  // After the others; one of these replaces that of the same OID.
  std::vector<Extension> extensions{};
};

// The certificate in DER. The order of the extensions is the reference's: that of the members above, with the authority key
// identifier after the subject's; alternative names come last where they hold names of other kinds. Errors: invalid for text that
// its field can't carry (OIDs, names not ASCII) or an algorithm that isn't the key's.
base::Result<std::string> sign_certificate(const CertificateTemplate& content, const Signer& signer);

// What stands in that certificate, to be signed anew: serial number, subject as encoded there, times and all extensions but the
// authority key identifier. URLs are in their own members; extensions that this folder knows nothing of are in `extensions`.
CertificateTemplate template_of(const Certificate& certificate);

}  // namespace bao::crypto::x509
