// Mounts as `secrets list` and `auth list` show them.
#pragma once

#include <string>
#include <string_view>

#include "internal/cli/invocation.h"

namespace bao::cli {

enum class MountKind { secrets_engine, auth_method };

// Lists what is at `path` (sys/mounts or sys/auth). `what` is for errors: "secrets engines".
int list_mounts(Invocation& run, const std::string& path, std::string_view what, MountKind kind);

}  // namespace bao::cli
