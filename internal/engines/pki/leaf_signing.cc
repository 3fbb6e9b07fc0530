#include "internal/engines/pki/leaf_signing.h"

#include <algorithm>

#include "internal/crypto/x509/serial.h"
#include "internal/engines/pki/layout.h"

namespace bao::engines::pki {
namespace {

ValidityRules rules_of(const MountStore& store, const RoleEntry& role) {
  return {role.ttl,        role.max_ttl,         store.default_ttl,  store.max_ttl, role.not_before_duration,
          role.not_before, role.not_after,       role.not_before_bound, role.not_after_bound};
}

}  // namespace

base::Result<SignedCertificate> sign_leaf(const LeafSigning& by, x509::CertificateTemplate content, const ValidityRequest& asked, base::Time now,
                                          std::vector<std::string>& warnings) {
  ASSIGN_OR_RETURN(Validity validity, choose_validity(asked, rules_of(by.store, by.role), now, warnings));
  if (by.longest > base::Duration(0)) {
    validity.not_after = std::min(validity.not_after, std::chrono::floor<std::chrono::seconds>(now + by.longest));
  }
  TRY(fit_to_issuer(validity, by.authority.issuer->certificate.not_after, by.beyond_issuer));
  content.not_before = validity.not_before;
  content.not_after = validity.not_after;
  const x509::Padding padding = by.role.use_pss && by.role.signature_bits != 0 ? x509::Padding::pss : x509::Padding::pkcs1;
  return sign_with(by.authority, std::move(content), static_cast<int>(by.role.signature_bits), padding);
}

base::Status store_leaf(storage::WriteView& view, const SignedCertificate& certificate) {
  return view.put(layout::kCertificates + x509::serial_text(certificate.serial, '-'), certificate.der);
}

}  // namespace bao::engines::pki
