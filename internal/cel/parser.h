// Text into an expression, macros expanded (the CEL specification, "Syntax" and "Macros"). A function.
#pragma once

#include <string_view>

#include "internal/base/result.h"
#include "internal/cel/ast.h"

namespace bao::cel {

// Errors: invalid, in the reference's words and with the place for the mistakes people make most; one at a time.
base::Result<NodePointer> parse(std::string_view source);

}  // namespace bao::cel
