// From a history of one key that no order explains, the few operations that already show it.
#pragma once

#include <vector>

#include "internal/testing/linear/key_history.h"

namespace bao::testing::linear {

// Positions in `operations`, which the search found to be in violation, `stuck` being what it couldn't explain. None of
// the rest is needed: operations are left out only where an order for all would also be one for those that stay, so
// these few prove the fault of the whole. Takes at most about a thousand searches.
std::vector<size_t> smallest_violation(const OperationList& operations, size_t stuck, const Limits& limits);

}  // namespace bao::testing::linear
