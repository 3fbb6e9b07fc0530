// Lists in the order of their keys: sort() and sortBy().
#pragma once

#include <vector>

#include "internal/cel/function.h"

namespace bao::cel {

// `keys` are as many as `items`. Errors: invalid for keys without an order or of different types.
Outcome sorted_by(Budget& budget, const std::vector<Value>& items, const std::vector<Value>& keys);

}  // namespace bao::cel
