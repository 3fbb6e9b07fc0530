// auth/token/: create, lookup, renew, revoke, accessors, roles (openbao-api.md 3.1), as a backend like any other.
#pragma once

#include "internal/core/parts.h"
#include "internal/logical/backend.h"

namespace bao::core {

logical::BackendFactory token_backend(Core::Parts& parts);

}  // namespace bao::core
