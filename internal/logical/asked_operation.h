// Operations as people name them.
#pragma once

#include <optional>
#include <string_view>

#include "internal/logical/request.h"

namespace bao::logical {

inline constexpr std::string_view kAskedOperations = "create, read, update, patch, delete, list, scan";

// One of those, by its name.
inline std::optional<Operation> asked_operation(std::string_view name) {
  using enum Operation;
  for (const Operation operation : {create, read, update, patch, remove, list, scan}) {
    if (name == operation_name(operation)) return operation;
  }
  return std::nullopt;
}

}  // namespace bao::logical
