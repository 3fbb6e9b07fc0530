// The functions that templates may call: one table. Immutable.
#pragma once

#include <span>
#include <string_view>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/codec/json.h"

namespace bao::text_template {

struct Function {
  std::string_view name;
  size_t arguments_min, arguments_max;
  // Errors: invalid, without the function's name.
  base::Result<codec::Json> (*call)(std::span<const codec::Json> arguments, base::Time now);
  // `and` and `or` end with the first argument that decides; call() is not for them.
  enum class Ends { with_all, with_false, with_true } ends = Ends::with_all;
};

// nullptr: there is none of that name.
const Function* find_function(std::string_view name);

}  // namespace bao::text_template
