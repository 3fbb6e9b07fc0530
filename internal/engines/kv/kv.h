// The key-value engine: version 1 (plain) and version 2 (versioned), chosen by the mount's option "version".
#pragma once

#include "internal/logical/backend.h"

namespace bao::engines {

// Error of the factory (invalid): a version that doesn't exist, with the reference's wording.
logical::BackendFactory kv_backend();

}  // namespace bao::engines
