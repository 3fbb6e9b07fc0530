// The issuer that signs, with its key, and what goes into every certificate it signs.
#pragma once

#include <string>

#include "internal/base/result.h"
#include "internal/crypto/x509/certificate_template.h"
#include "internal/engines/pki/authorities.h"
#include "internal/logical/response.h"

namespace bao::engines::pki {

struct IssuingAuthority {
  const Issuer* issuer = nullptr;  // of the authorities it was found in
  const x509::PrivateKey* key = nullptr;
  Urls urls;
};

// By reference, allowed to issue, with its key. Errors: internal, worded as the reference words its wrapped errors.
base::Result<IssuingAuthority> find_issuing(const Authorities& authorities, const std::string& reference);
// A certificate just made, as far as answers and storage need it.
struct SignedCertificate {
  std::string der, serial;
  x509::Seconds not_before{}, not_after{};
};
// Fills in the URLs and signs. `signature_bits` and `padding` count for RSA issuers. Errors: invalid.
base::Result<SignedCertificate> sign_with(const IssuingAuthority& authority, x509::CertificateTemplate content, int signature_bits,
                                          x509::Padding padding);
void add_urls(x509::CertificateTemplate& content, const Urls& urls);

// The lease of a leaf, whose end revokes it.
logical::SecretLease lease_of(const SignedCertificate& certificate, base::Time now);

// An error with status 500, as the reference answers where it means 400.
base::Error failure(const base::Words& words);

}  // namespace bao::engines::pki
