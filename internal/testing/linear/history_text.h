// Histories as text; README.md says how a line looks. Pure functions, thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "internal/base/result.h"
#include "internal/testing/linear/history.h"

namespace bao::testing::linear {

// `invalid` with the number of the line. Times must not go back within an operation.
base::Result<History> parse_history(std::string_view text);
// What parse_history reads back to an equal history.
std::string write_history(const History& history);

// One operation for people: "put x a", "get x -> a", "cas x a b -> mismatch".
std::string describe(const Operation& operation);
// A value for people: "-" where the key is absent.
std::string describe(const Value& value);

}  // namespace bao::testing::linear
