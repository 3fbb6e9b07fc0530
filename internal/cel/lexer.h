// Text into tokens (the CEL specification, "Syntax"). A function.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"

namespace bao::cel {

struct Token {
  enum class Kind : uint8_t { identifier, quoted_identifier, integer, unsigned_integer, floating, string, bytes, symbol, end };
  Kind kind;
  std::string_view text;  // as it stands in the source
  size_t offset;
  bool is(std::string_view symbol_asked) const { return kind == Kind::symbol && text == symbol_asked; }
};

// Ends with a token `end`. The words true, false, null and in are symbols. Errors: invalid, shown with their place.
base::Result<std::vector<Token>> tokens_of(std::string_view source);

// The content of a string or bytes token: without prefix and quotes, escapes resolved. Errors: invalid, without a place.
base::Result<std::string> text_of_literal(std::string_view token);

}  // namespace bao::cel
