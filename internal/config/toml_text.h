// What TOML text must hold before toml++ may see it.
#pragma once

#include <optional>
#include <string_view>
#include <utility>

namespace bao::config {

// Line and column (in bytes, from 1) of the first byte outside strings and comments that is not ASCII, which TOML 1.0
// has no place for; on such a byte toml++ 3.3 reaches what it declares unreachable.
std::optional<std::pair<int, int>> non_ascii_outside_strings(std::string_view toml);

}  // namespace bao::config
