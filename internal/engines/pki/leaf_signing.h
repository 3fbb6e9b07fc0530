// A leaf certificate, judged and put together, gets its times and its signature.
#pragma once

#include <string>
#include <vector>

#include "internal/engines/pki/mount_store.h"
#include "internal/engines/pki/signer.h"
#include "internal/engines/pki/validity.h"

namespace bao::engines::pki {

// By whom and by which rules. What is referred to lives as long.
struct LeafSigning {
  const MountStore& store;
  const RoleEntry& role;
  const IssuingAuthority& authority;
  NotAfterBehavior beyond_issuer;      // what becomes of a certificate that would outlive its issuer
  base::Duration longest{0};           // from now; 0: as the role and the mount say
};

// Errors: invalid. What was cut is told of in `warnings`.
base::Result<SignedCertificate> sign_leaf(const LeafSigning& by, x509::CertificateTemplate content, const ValidityRequest& asked, base::Time now,
                                          std::vector<std::string>& warnings);
base::Status store_leaf(storage::WriteView& view, const SignedCertificate& certificate);

}  // namespace bao::engines::pki
