// Which client addresses a token may be used from: addresses and blocks as written ("10.0.0.0/8", "::1"). A pure function.
#pragma once

#include <string>
#include <vector>

#include "internal/base/result.h"

namespace bao::core {

// Checks each entry and gives its usual form (a full-length block becomes the plain address). Error: invalid, naming the entry.
base::Result<std::vector<std::string>> parse_cidrs(const std::vector<std::string>& entries);
}  // namespace bao::core
