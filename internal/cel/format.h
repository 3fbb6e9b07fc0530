// "%s is %d years old".format(['Ada', 36]) (cel-go's ext.Strings): %s, %d, %f, %e, %b, %o, %x, %X and precisions.
#pragma once

#include "internal/cel/function.h"

namespace bao::cel {

// Errors: invalid, for clauses there are not, arguments of another type, and too few arguments.
Outcome format_text(Budget& budget, const std::string& text, const List& arguments);

}  // namespace bao::cel
