// The PKI engine: certificate authorities behind the API (openbao-api.md 5).
#pragma once

#include "internal/logical/backend.h"

namespace bao::engines {

logical::BackendFactory pki_backend();

}  // namespace bao::engines
