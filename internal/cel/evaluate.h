// An expression's value (the CEL specification, "Evaluation"). Types are looked at while it runs; && and || absorb an error of one side
// where the other decides.
#pragma once

#include "internal/cel/ast.h"
#include "internal/cel/budget.h"
#include "internal/cel/environment.h"

namespace bao::cel {

// Errors: invalid, in the reference's words ("no such key: a", "division by zero"); exhausted, past the budget.
base::Result<Value> evaluate(const Node& root, const Environment& environment, const Variables& variables, Budget& budget);

}  // namespace bao::cel
