// sys/: the paths that administer the node (openbao-api.md 2), as a backend like any other. One file a group of paths:
// mounts.cc, policies.cc, capabilities.cc, leases.cc, wrapping.cc, tools.cc, internal_ui.cc, seal.cc, configuration.cc.
#pragma once

#include <memory>

#include "internal/core/parts.h"
#include "internal/logical/backend.h"

namespace bao::core {

// The core outlives the backend.
logical::BackendFactory system_backend(Core::Parts& parts);

}  // namespace bao::core
