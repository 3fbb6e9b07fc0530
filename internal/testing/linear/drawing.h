// Operations over time, drawn as text. A pure function, thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "internal/testing/linear/history.h"

namespace bao::testing::linear {

// One line each, by time of call: who, where, index, what, and a bar from call to return (open where unknown) that keeps the
// order of all ends but not their distances. `marked` gets an arrow.
std::string draw(const History& history, std::vector<size_t> positions, std::optional<size_t> marked);

}  // namespace bao::testing::linear
