// What sys/host-info tells of the machine, read from /proc and the file system. Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "internal/base/clock.h"
#include "internal/codec/json.h"

namespace bao::core::sys {

// {"timestamp", "cpu", "cpu_times", "disk", "host", "memory"}; what couldn't be read is null and named in `warnings`.
codec::Json describe_host(base::Time now, std::vector<std::string>& warnings);

}  // namespace bao::core::sys
