// The flag by which every kv command may be told its mount.
#pragma once

#include "internal/cli/flags.h"

namespace bao::cli {

inline constexpr Flag kKvMountFlag{
    .name = "mount",
    .text = "Where the engine is mounted; the argument is then the key alone. Without it the argument is mount and key in one, "
            "and what the API wants in between is put there.",
    .section = "Common Options"};

}  // namespace bao::cli
