// Regular expressions as functions use them: compiled for one call, paid for.
#pragma once

#include <string>

#include "internal/cel/budget.h"
#include "internal/codec/pattern.h"

namespace bao::cel {

// Errors: invalid for what is no pattern, exhausted for one that is too long.
inline base::Result<codec::Pattern> pattern_of(Budget& budget, const std::string& text, size_t subject_bytes) {
  if (text.size() > kPatternBytesMax) return Budget::exceeded("regular expression is too long");
  TRY(budget.spend(10 * text.size() + subject_bytes));
  return codec::Pattern::compile(text);
}

}  // namespace bao::cel
