// What `secrets` and `auth` do alike to a mount that exists. Each returns the exit status.
#pragma once

#include "internal/cli/invocation.h"
#include "internal/cli/mount_listing.h"

namespace bao::cli {

// The mount named by the one argument.
int disable_mount(Invocation& run, MountKind kind);
int tune_mount(Invocation& run, MountKind kind);
// Moves the first argument to the second and waits until that is done.
int move_mount(Invocation& run, MountKind kind);

}  // namespace bao::cli
