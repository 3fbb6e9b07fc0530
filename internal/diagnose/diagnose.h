// `bao operator diagnose` and `bao operator validate-config`.
#pragma once

#include "internal/cli/invocation.h"

namespace bao::diagnose {

// Exit status: 0 all is well; 1 something failed; 2 there are warnings; 3 flags; 4 without a configuration nothing can be checked.
int diagnose(cli::Invocation& run);
// The same, but for 4.
int validate_config(cli::Invocation& run);

}  // namespace bao::diagnose
