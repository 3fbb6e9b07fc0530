// Certificates signed for ACME's orders: a role's rules, with less in the certificate than `sign` would put there, because an order
// proves names and addresses and nothing else.
#pragma once

#include <memory>
#include <string>

#include "internal/engines/pki/acme/mount.h"
#include "internal/engines/pki/mount_store.h"

namespace bao::engines::pki {

// What directories without a role go by: names of any kind that an order proves.
RoleEntry verbatim_acme_role();

// `own_usages`: whether the role's extended key usages count; else certificates are for TLS servers.
std::shared_ptr<const acme::Issuing> make_acme_issuing(const MountStore& store, AuthoritiesPointer authorities, std::string issuer_id,
                                                       std::string role_name, RoleEntry role, bool own_usages);

}  // namespace bao::engines::pki
