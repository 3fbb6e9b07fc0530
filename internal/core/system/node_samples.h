// What a node measures of itself when it is asked: its place in the log, its peers, what was invalidated. Beside the counters of
// base/metrics.h, which are kept all the time. Thread-safe.
#pragma once

#include <vector>

#include "internal/base/metrics.h"
#include "internal/core/parts.h"

namespace bao::core::sys {

// All metrics of this node by name, counted and measured. README.md lists those that users rely on; they are always there.
std::vector<base::Sample> all_samples(const Core::Parts& parts);

}  // namespace bao::core::sys
