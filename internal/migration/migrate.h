// `bao operator migrate`: the data of a server that does not run becomes that of this server.
#pragma once

#include "internal/cli/invocation.h"

namespace bao::migration {

// Exit status: 0; 1: flags or file; 2: the migration came to no end, and may be begun again.
int run(cli::Invocation& run);

}  // namespace bao::migration
