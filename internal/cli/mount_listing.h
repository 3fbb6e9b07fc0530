// Mounts as `secrets list` and `auth list` show them, and the move of a mount.
#pragma once

#include <string>
#include <string_view>

#include "internal/cli/invocation.h"

namespace bao::cli {

enum class MountKind { secrets_engine, auth_method };

// Lists what is at `path` (sys/mounts or sys/auth). `what` is for errors: "secrets engines".
int list_mounts(Invocation& run, const std::string& path, std::string_view what, MountKind kind);
// Moves the first argument to the second and waits until that is done.
int move_mount(Invocation& run, const std::string& kind);

}  // namespace bao::cli
