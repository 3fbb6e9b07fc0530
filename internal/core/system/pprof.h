// sys/pprof: looking into this process while it runs.
#pragma once

#include <vector>

#include "internal/logical/path.h"

namespace bao::core::sys {

std::vector<logical::Path> pprof_paths();

}  // namespace bao::core::sys
