// The identity mount (openbao-api.md 2.8): its defaults at rest. Its paths answer that they aren't available yet.
#pragma once

#include "internal/logical/backend.h"

namespace bao::core {

logical::BackendFactory identity_backend();

}  // namespace bao::core
