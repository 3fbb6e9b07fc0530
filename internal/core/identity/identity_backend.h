// The identity mount (openbao-api.md 8): entities, aliases and groups. What is left of it (OpenID Connect, MFA) answers that it
// isn't available yet; the defaults of OpenID Connect are written.
#pragma once

#include "internal/core/identity/handlers.h"
#include "internal/logical/backend.h"

namespace bao::core {

logical::BackendFactory identity_backend(const barrier::Barrier& barrier, identity::CurrentRouter router);

}  // namespace bao::core
