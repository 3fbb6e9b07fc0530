// The paths of sys/rotate/root and sys/rotate/recovery (rotate_root.cc).
#pragma once

#include "internal/core/system/paths.h"

namespace bao::core::sys {

Paths rotate_root_paths(Core::Parts& parts);

}  // namespace bao::core::sys
