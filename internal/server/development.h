// Development mode: what stands in for a configuration, and the first steps that an operator takes otherwise
// (openbao-cli.md 7.1): initialised with one share, unsealed, a root token, KV at secret/.
#pragma once

#include <string>

#include "internal/base/result.h"
#include "internal/config/config.h"
#include "internal/core/core.h"
#include "internal/server/console.h"
#include "internal/server/flags.h"

namespace bao::server {

// In memory, one listener. With -dev-tls, certificates are made and named in it.
base::Result<config::Config> development_configuration(const Flags& flags);
// After Core::start. What to show; without anything when -dev-skip-init is given. Errors: "Error initializing Dev mode: …".
base::Result<DevelopmentBlock> initialize_development(core::Core& core, const Flags& flags, const config::Config& config);

}  // namespace bao::server
