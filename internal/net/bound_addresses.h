// Which client addresses something may be used from: tokens, secret ids, logins. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"

namespace bao::net {

// Whether an address lies in one of the blocks: "10.0.0.0/8", "::1/128" or plain addresses; what is neither, or of the other
// family, matches nothing. An IPv4 address in IPv6 form ("::ffff:10.0.0.1") counts as IPv4.
bool address_is_bound(std::string_view address, const std::vector<std::string>& blocks);

// Checks each entry, address or block, and gives its usual form (a full-length block becomes the plain address). Error: invalid,
// naming the entry.
base::Result<std::vector<std::string>> parse_cidrs(const std::vector<std::string>& entries);

// Blocks alone, no plain addresses. Error: invalid, naming the first that is none.
base::Status check_blocks(const std::vector<std::string>& blocks);

// Whether each block lies in one of `outer`, of which plain addresses are blocks of one address.
bool blocks_lie_in(const std::vector<std::string>& blocks, const std::vector<std::string>& outer);

}  // namespace bao::net
