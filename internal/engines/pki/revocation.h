// Revoking one certificate of the mount.
#pragma once

#include <string_view>

#include "internal/engines/pki/revoker.h"
#include "internal/engines/pki/revoked_entry.h"
#include "internal/logical/response.h"

namespace bao::engines::pki {

// Whether the certificate is kept below certs/ if it isn't yet (one of a role with no_store, that somebody brought).
enum class Keeping : uint8_t { as_it_is, store };

// Revokes a certificate (DER) and answers as `revoke` does: one that is revoked already keeps its time, one that has expired is left
// alone with a warning, unless the configuration allows it. The lists are rebuilt in the same transaction, or by and by where
// auto_rebuild says so. Errors: invalid for an issuer of the mount.
logical::Reply revoke_certificate(storage::WriteView& view, const std::vector<Revoker>& revokers, std::string_view der, Keeping keeping,
                                  base::Time now);

// The end of a lease: as above by serial number ("aa:bb"), and nothing where the certificate is gone.
logical::Reply revoke_leased(storage::WriteView& view, const std::vector<Revoker>& revokers, std::string_view serial, base::Time now);

}  // namespace bao::engines::pki
