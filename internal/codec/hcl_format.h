// Formats HCL as `bao policy fmt` does (openbao-cli.md 2.4): two spaces an indentation, one blank line between blocks,
// aligned equal signs, comments kept. Pure function.
#pragma once

#include <string>
#include <string_view>

#include "internal/base/result.h"

namespace bao::codec {

// The text formatted, with one line end behind it. Errors: as parse_hcl with HclDuplicates::refuse; JSON is none of it.
base::Result<std::string> format_hcl(std::string_view text);

}  // namespace bao::codec
