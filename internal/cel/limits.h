// Every bound of the language by name. Reaching one is an error that no operator absorbs, never growth without end.
#pragma once

#include <cstddef>
#include <cstdint>

namespace bao::cel {

inline constexpr size_t kExpressionBytesMax = 100'000;  // as the reference's parser
inline constexpr int kNestingMax = 64;                  // brackets and operators inside each other, as written
inline constexpr int kTreeDepthMax = 200;               // of the parsed expression: a + b + c is two deep
inline constexpr size_t kValueDepthMax = 500;           // lists in lists
inline constexpr uint64_t kCostMax = 5'000'000;         // steps of one evaluation; a byte or element made is one, too
inline constexpr size_t kPatternBytesMax = 10'000;      // of a regular expression

}  // namespace bao::cel
