// Logging in with a role id and a secret id (openbao-api.md 3.2).
#pragma once

#include <optional>
#include <string>

#include "internal/logical/backend.h"

namespace bao::auth {

logical::BackendFactory approle_backend();
// The name of the role that a login with this body comes with; nothing where its role id is nobody's.
base::Result<std::optional<std::string>> approle_role_of(const codec::Json& login, const storage::ReadView& view);

}  // namespace bao::auth
