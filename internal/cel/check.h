// What is wrong with an expression before it runs: names that nothing declares, functions that there are not, fields that a message
// lacks, operands that no operator takes. Types are followed where they are plain; the rest is looked at when it runs.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "internal/cel/ast.h"
#include "internal/cel/environment.h"

namespace bao::cel {

// Names with the type of their values, "" for any.
using Declarations = std::map<std::string, std::string, std::less<>>;

// Errors: invalid, shown in `source` as the reference's checker shows them, all of them.
base::Status check(const Node& root, const Environment& environment, const Declarations& declared, std::string_view source);

}  // namespace bao::cel
