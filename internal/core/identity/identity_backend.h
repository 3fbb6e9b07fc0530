// The identity mount (openbao-api.md 8): entities, aliases and groups. What is left of it (OpenID Connect, MFA) answers that it
// isn't available yet; the defaults of OpenID Connect are written.
#pragma once

#include "internal/core/identity/handlers.h"
#include "internal/logical/backend.h"

namespace bao::core {

// The store of a backend that this factory made; nullptr for any other.
const identity::IdentityStore* identity_store_of(const logical::Backend& backend);

logical::BackendFactory identity_backend(const barrier::Barrier& barrier, identity::CurrentRouter router);

}  // namespace bao::core
