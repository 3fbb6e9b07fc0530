// The paths of sys/storage/raft (raft.cc).
#pragma once

#include "internal/core/system/paths.h"

namespace bao::core::sys {

Paths raft_paths(Core::Parts& parts);

}  // namespace bao::core::sys
