// Equality and order of values (the CEL specification, "Equality" and "Ordering"): numbers of different types are compared by what they are
// worth, values of other types are unequal.
#pragma once

#include <compare>
#include <string>

#include "internal/cel/budget.h"
#include "internal/cel/value.h"

namespace bao::cel {

base::Result<bool> equal(Budget& budget, const Value& a, const Value& b);
// Below, at or above 0. Errors: invalid for types without an order, and for NaN.
base::Result<int> compare(const Value& a, const Value& b);

}  // namespace bao::cel
