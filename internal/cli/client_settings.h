// Flags and environment made into the client's options (openbao-cli.md 1.2, 1.3).
#pragma once

#include "internal/api/client.h"
#include "internal/base/result.h"
#include "internal/cli/flags.h"

namespace bao::cli {

// Errors: invalid, with the reference's prefix for what was wrong.
base::Result<api::ClientOptions> client_options(const FlagValues& flags);

}  // namespace bao::cli
