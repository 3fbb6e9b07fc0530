// Every bound of a template by name.
#pragma once

#include <cstddef>

namespace bao::text_template {

inline constexpr size_t kTextBytesMax = 100'000;
inline constexpr int kNestingMax = 64;              // blocks and brackets inside each other, as written
inline constexpr size_t kStepsMax = 1'000'000;      // nodes executed, elements walked
inline constexpr size_t kOutputBytesMax = 1u << 20;  // also of each value on the way

}  // namespace bao::text_template
