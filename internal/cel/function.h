// Functions, operators among them: each name has overloads, told apart by the types of their arguments at run time. The tables are
// made once and never change.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "internal/base/result.h"
#include "internal/cel/budget.h"
#include "internal/cel/value.h"

namespace bao::cel {

using Arguments = std::span<const Value>;
using Outcome = base::Result<Value>;

struct Overload {
  enum class Style : uint8_t { function, method };  // f(x) or x.f(), whose target is the first argument
  std::string_view name;
  Style style;
  size_t arity;
  // Nothing where the arguments are of other types.
  std::optional<Outcome> (*call)(Budget&, Arguments);
};

namespace detail {

template <typename T>
const T* unpack(const Value& value) {
  if constexpr (std::is_same_v<T, Value>) {
    return &value;
  } else if constexpr (std::is_same_v<T, List>) {
    return value.as_list();
  } else if constexpr (std::is_same_v<T, Map>) {
    return value.as_map();
  } else {
    return value.as<T>();
  }
}

template <auto function>
struct Bound;
template <typename... Types, Outcome (*function)(Budget&, const Types&...)>
struct Bound<function> {
  static constexpr size_t kArity = sizeof...(Types);
  static std::optional<Outcome> call(Budget& budget, Arguments arguments) {
    return unpacked(budget, arguments, std::index_sequence_for<Types...>());
  }
  template <size_t... indexes>
  static std::optional<Outcome> unpacked(Budget& budget, [[maybe_unused]] Arguments arguments, std::index_sequence<indexes...>) {
    [[maybe_unused]] const std::tuple<const Types*...> parts(unpack<Types>(arguments[indexes])...);
    if (!((std::get<indexes>(parts) != nullptr) && ...)) return {};
    return function(budget, *std::get<indexes>(parts)...);
  }
};

}  // namespace detail

// A C++ function of typed arguments as an overload: function<add_ints>("_+_").
template <auto body>
Overload function(std::string_view name) {
  return {name, Overload::Style::function, detail::Bound<body>::kArity, &detail::Bound<body>::call};
}
template <auto body>
Overload method(std::string_view name) {
  return {name, Overload::Style::method, detail::Bound<body>::kArity, &detail::Bound<body>::call};
}

// Whether there is any function of that name and style; and those of them.
bool is_function(std::string_view name, Overload::Style style);
// The outcome of the overload that fits. Errors: invalid, "no such overload: f(int)".
Outcome call_function(std::string_view name, Overload::Style style, Budget& budget, Arguments arguments);

// The libraries, one file each.
std::vector<Overload> operators();
std::vector<Overload> standard_functions();
std::vector<Overload> time_functions();
std::vector<Overload> string_functions();
std::vector<Overload> list_functions();
std::vector<Overload> math_functions();
std::vector<Overload> set_functions();
std::vector<Overload> regex_functions();
std::vector<Overload> optional_functions();
std::vector<Overload> encoder_functions();
std::vector<Overload> program_functions();

}  // namespace bao::cel
