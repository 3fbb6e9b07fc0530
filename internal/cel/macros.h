// Macros: calls that the parser turns into other expressions (the CEL specification, "Macros"; cel-go's ext).
#pragma once

#include <vector>

#include "internal/base/result.h"
#include "internal/cel/ast.h"

namespace bao::cel {

// The call itself where it is no macro. Errors: invalid, the bare text; the parser adds the place.
base::Result<std::variant<CallNode, Select, Comprehension>> expand_macro(CallNode call);

}  // namespace bao::cel
