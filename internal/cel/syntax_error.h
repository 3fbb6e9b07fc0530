// Where an expression is wrong, shown as the reference's compiler shows it.
#pragma once

#include <string>
#include <string_view>

#include "internal/base/result.h"

namespace bao::cel {

// "ERROR: <input>:1:6: <message>\n | <the line>\n | .....^". `offset` counts bytes. Invalid.
base::Error error_at(std::string_view source, size_t offset, std::string_view message);

}  // namespace bao::cel
