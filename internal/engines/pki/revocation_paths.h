// The paths of revocation: its configuration, revoking, the lists, and OCSP. Each file gives its own; pki.cc joins them. The
// handlers keep references to what they are given, which lives as long as the backend.
#pragma once

#include <vector>

#include "internal/engines/pki/ocsp_cache.h"
#include "internal/engines/pki/revoker.h"
#include "internal/logical/path.h"

namespace bao::engines::pki {

std::vector<logical::Path> crl_config_paths(const RevokerSource& revokers);  // config/crl
std::vector<logical::Path> crl_paths(const RevokerSource& revokers);         // crl…, cert/crl, cert/delta-crl, issuer/…/crl…, crl/rotate…
std::vector<logical::Path> crl_signing_paths(const RevokerSource& revokers); // issuer/…/resign-crls, …/sign-revocation-list
std::vector<logical::Path> revoke_paths(const RevokerSource& revokers);      // revoke, revoke-with-key, certs/revoked
std::vector<logical::Path> ocsp_paths(const RevokerSource& revokers, OcspCache& cache);  // ocsp, ocsp/…

// The reference's answer to a name that is no issuer.
base::Error no_such_issuer(std::string_view reference);

}  // namespace bao::engines::pki
