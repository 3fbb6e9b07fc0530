// Which client addresses a token may be used from: addresses and blocks as written ("10.0.0.0/8", "::1"). Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"

namespace bao::core {

// Checks each entry and gives its usual form (a full-length block becomes the plain address). Error: invalid, naming the entry.
base::Result<std::vector<std::string>> parse_cidrs(const std::vector<std::string>& entries);
// True when `address` lies in one of the blocks, or there are none. Entries or addresses that can't be read match nothing.
bool address_allowed(const std::vector<std::string>& cidrs, std::string_view address);

}  // namespace bao::core
