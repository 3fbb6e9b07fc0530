// Whether an address lies in one of the blocks that a token is bound to. Pure function.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bao::core {

// Blocks are "10.0.0.0/8", "::1/128" or plain addresses; what is neither, or of the other family, matches nothing. An
// IPv4 address in IPv6 form ("::ffff:10.0.0.1") counts as IPv4.
bool address_is_bound(std::string_view address, const std::vector<std::string>& blocks);

}  // namespace bao::core
