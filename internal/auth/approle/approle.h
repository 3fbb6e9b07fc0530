// Logging in with a role id and a secret id (openbao-api.md 3.2).
#pragma once

#include "internal/logical/backend.h"

namespace bao::auth {

logical::BackendFactory approle_backend();

}  // namespace bao::auth
