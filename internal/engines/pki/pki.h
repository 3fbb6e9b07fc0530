// The PKI engine: certificate authorities behind the API (openbao-api.md 5).
#pragma once

#include "internal/logical/backend.h"
#include "internal/net/address_rule.h"

namespace bao::engines {

// `outbound`: which addresses the validation of ACME's challenges may reach.
logical::BackendFactory pki_backend(net::AddressRule outbound = {});

}  // namespace bao::engines
