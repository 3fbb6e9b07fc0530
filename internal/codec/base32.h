// RFC 4648 base32, as one-time password keys are written. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "internal/base/result.h"

namespace bao::codec {

std::string to_base32(std::string_view bytes);  // upper case, no padding
// Upper or lower case, padding optional. Errors: invalid.
base::Result<std::string> from_base32(std::string_view text);

}  // namespace bao::codec
