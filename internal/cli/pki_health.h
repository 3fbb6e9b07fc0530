// `bao pki health-check`: the checks of health_check/ run against a server, and shown.
#pragma once

#include "internal/cli/invocation.h"

namespace bao::cli {

// Exit status: that of the worst finding from -return-indicator on (openbao-cli.md 5), 1 for what keeps it from checking.
int pki_health_check(Invocation& run);

}  // namespace bao::cli
