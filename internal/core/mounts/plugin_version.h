// Versions of engines, as callers name them. Each engine has one here, that of this binary. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "internal/base/result.h"

namespace bao::core {

// "v2.6.2+builtin.bao"; "" where the server has none.
std::string builtin_version(std::string_view server_version);
// As the reference writes it: "1.0-rc" is "v1.0.0-rc". Errors: invalid.
base::Result<std::string> canonical_version(std::string_view text);

}  // namespace bao::core
