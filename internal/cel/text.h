// Values as text: conversions, and how errors name them.
#pragma once

#include <string>
#include <string_view>

#include "internal/cel/value.h"

namespace bao::cel {

// As Go prints a float64 with %g.
std::string double_text(double number);
// Of keys and scalars, in errors: bare.
std::string display_text(const Value& value);
// In double quotes, with these, backslashes and named control characters escaped.
std::string quoted(std::string_view text);

}  // namespace bao::cel
