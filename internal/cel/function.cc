#include "internal/cel/function.h"

#include <map>

namespace bao::cel {
namespace {

using Table = std::multimap<std::pair<std::string_view, Overload::Style>, Overload>;

const Table& table() {
  static const Table made = [] {
    Table all;
    for (auto* library : {operators, standard_functions, time_functions, string_functions, list_functions, math_functions, set_functions,
                          regex_functions, optional_functions, encoder_functions, program_functions}) {
      for (const Overload& overload : library()) all.emplace(std::pair(overload.name, overload.style), overload);
    }
    return all;
  }();
  return made;
}

// Operators have names that nobody can write: "_+_", "!_", "@in".
bool is_operator(std::string_view name) { return name.front() == '@' || (name.find('_') != std::string_view::npos && (name.front() == '_' || name.back() == '_')); }

}  // namespace

bool is_function(std::string_view name, Overload::Style style) { return table().contains({name, style}); }

Outcome call_function(std::string_view name, Overload::Style style, Budget& budget, Arguments arguments) {
  const auto [first, last] = table().equal_range({name, style});
  for (auto overload = first; overload != last; ++overload) {
    if (overload->second.arity != arguments.size()) continue;
    if (auto outcome = overload->second.call(budget, arguments)) {
      if (!outcome->ok()) return outcome->error();
      return budget.pay_for(std::move(**outcome));
    }
  }
  if (is_operator(name)) return base::invalid("no such overload");
  std::string types;
  for (const Value& argument : arguments) types += (types.empty() ? "" : ", ") + argument.type_name();
  return base::invalid("no such overload: " + std::string(name) + "(" + types + ")");
}

}  // namespace bao::cel
