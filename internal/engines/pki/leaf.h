// What a role makes of a request for a leaf certificate: judged, and put into a template. Pure.
#pragma once

#include <string>
#include <vector>

#include "internal/base/result.h"
#include "internal/crypto/x509/certificate_template.h"
#include "internal/crypto/x509/request.h"
#include "internal/engines/pki/role_entry.h"
#include "internal/logical/field.h"

namespace bao::engines::pki {

// Subject, names, usages and policies; times, URLs and the signer are the caller's. `request` is nullptr for issue/. Errors: invalid,
// in the reference's words, for what the role doesn't allow.
base::Result<crypto::x509::CertificateTemplate> leaf_template(const RoleEntry& role, const logical::Fields& fields,
                                                              const crypto::x509::PublicKey& key,
                                                              const crypto::x509::CertificateRequest* request,
                                                              std::vector<std::string>& warnings);
// sign-verbatim: the request's subject and extensions as they stand there.
crypto::x509::CertificateTemplate verbatim_template(const RoleEntry& role, const crypto::x509::CertificateRequest& request,
                                                    std::vector<std::string>& warnings);

// The field "csr", read and its signature checked. Errors: invalid.
base::Result<crypto::x509::CertificateRequest> read_csr(const logical::Fields& fields);
// Whether a request's key is of the kind and size the role wants. Errors: invalid.
base::Status check_key(const RoleEntry& role, const crypto::x509::PublicKey& key);

}  // namespace bao::engines::pki
