// Commands of `bao namespace` that lock a namespace's API, or seal it where it has a seal of its own. Each returns the exit status.
#pragma once

#include "internal/cli/invocation.h"

namespace bao::cli {

int lock_namespace(Invocation& run);
int unlock_namespace(Invocation& run);
int seal_namespace(Invocation& run);
int unseal_namespace(Invocation& run);
int show_namespace_seal(Invocation& run);

}  // namespace bao::cli
