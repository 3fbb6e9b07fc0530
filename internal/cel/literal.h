// Literals of expressions into values (the CEL specification, "Syntax"). Pure functions.
#pragma once

#include "internal/base/result.h"
#include "internal/cel/lexer.h"
#include "internal/cel/value.h"

namespace bao::cel {

// Of an integer, unsigned_integer (never negative) or floating token; `negative`: a minus stood before it. Errors: invalid, where it is too large.
base::Result<Value> number_literal(const Token& token, bool negative);
// Of a string or bytes token, escapes and all. Errors: invalid.
base::Result<Value> text_literal(const Token& token);

}  // namespace bao::cel
