// Shapes of answers that the groups of paths share. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "internal/base/result.h"
#include "internal/codec/json.h"
#include "internal/logical/response.h"

namespace bao::core::sys {

// The answer with its data at top level too (openbao-api.md 1.5).
logical::Reply spread(codec::Json data);
// An error as the core words it ("1 error occurred:\n\t* text\n\n"), with that code.
base::Error core_error(base::Code code, const base::Words& words);
// "secret", "/secret" and "secret/" are "secret/".
std::string mount_path_of(std::string_view path);

}  // namespace bao::core::sys
