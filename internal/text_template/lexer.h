// Text into tokens. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"

namespace bao::text_template {

struct Token {
  enum class Kind { text, open, close, field, dot, variable, word, string, number, pipe, declare, assign, comma, left_bracket, right_bracket, end };
  Kind kind = Kind::end;
  std::string text;          // a string's content, a field's name
  bool after_space = false;  // `.a .b` are two operands, `.a.b` is one
  int line = 1;
};

// Comments are left out, and so is the space that "{{-" and "-}}" trim. Ends with an `end`. Errors: invalid, with the line.
base::Result<std::vector<Token>> read_tokens(std::string_view text);

base::Error error_at(int line, const std::string& message);

}  // namespace bao::text_template
