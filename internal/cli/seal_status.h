// The state of seal and cluster as `bao status` and `bao operator unseal` print it (openbao-cli.md 2.1).
#pragma once

#include "internal/cli/invocation.h"

namespace bao::cli {

// Prints `seal_status`, an answer of sys/seal-status or sys/unseal, with what sys/leader adds. 0, or 1 when sys/leader fails.
int print_seal_status(Invocation& run, Session& session, const codec::Json& seal_status);
// The same of a seal alone: a namespace's, which no cluster goes with.
int print_seal(Invocation& run, const codec::Json& seal_status);

}  // namespace bao::cli
