// Logging in with a name and a password (openbao-api.md 3.2).
#pragma once

#include "internal/logical/backend.h"

namespace bao::auth {

logical::BackendFactory userpass_backend();

}  // namespace bao::auth
