#include "internal/cel/macros.h"

#include <array>
#include <optional>

namespace bao::cel {
namespace {

using Kind = Comprehension::Kind;
using Expanded = std::variant<CallNode, Select, Comprehension>;

struct Binding {
  std::string_view name;
  Kind kind;
};
constexpr std::array<Binding, 9> kBindings = {{{"all", Kind::all},
                                               {"exists", Kind::exists},
                                               {"exists_one", Kind::exists_one},
                                               {"existsOne", Kind::exists_one},
                                               {"map", Kind::map},
                                               {"filter", Kind::filter},
                                               {"sortBy", Kind::sort_by},
                                               {"optMap", Kind::optional_map},
                                               {"optFlatMap", Kind::optional_flat_map}}};

std::optional<Kind> binding_of(const CallNode& call) {
  const size_t arguments = call.arguments.size();
  for (const Binding& binding : kBindings) {
    if (binding.name != call.function) continue;
    if (arguments == 2 || (arguments == 3 && binding.kind == Kind::map)) return binding.kind;
  }
  return {};
}

base::Result<Expanded> expand_has(CallNode call) {
  auto* select = std::get_if<Select>(&call.arguments[0]->content);
  if (select == nullptr || select->test || select->optional) return base::invalid("invalid argument to has() macro");
  return Expanded(Select{std::move(select->operand), std::move(select->field), true, false});
}

base::Result<Expanded> expand_binding(Kind kind, CallNode call) {
  const auto* name = std::get_if<Identifier>(&call.arguments[0]->content);
  if (name == nullptr || name->name.starts_with('.')) return base::invalid("argument must be a simple name");
  Comprehension made{kind, std::move(call.target), name->name, nullptr, std::move(call.arguments.back())};
  if (call.arguments.size() == 3) made.filter = std::move(call.arguments[1]);
  return Expanded(std::move(made));
}

// math.greatest(a, b, c) takes any number of arguments: one is as it is, several are a list.
bool is_extremum(const CallNode& call) {
  return call.target != nullptr && dotted_name(*call.target) == "math" && (call.function == "greatest" || call.function == "least");
}

base::Result<Expanded> gather_extremum(CallNode call) {
  if (call.arguments.empty()) return base::invalid("math." + call.function + "() requires at least one argument");
  if (call.arguments.size() == 1) return Expanded(std::move(call));
  auto list = std::make_unique<Node>();
  ListNode items;
  list->offset = call.arguments[0]->offset;
  for (NodePointer& argument : call.arguments) {
    list->depth = std::max(list->depth, argument->depth + 1);
    items.items.emplace_back(std::move(argument), false);
  }
  list->content = std::move(items);
  call.arguments.clear();
  call.arguments.push_back(std::move(list));
  return Expanded(std::move(call));
}

}  // namespace

base::Result<Expanded> expand_macro(CallNode call) {
  if (call.target == nullptr) {
    return call.function == "has" && call.arguments.size() == 1 ? expand_has(std::move(call)) : Expanded(std::move(call));
  }
  if (is_extremum(call)) return gather_extremum(std::move(call));
  if (const auto kind = binding_of(call)) return expand_binding(*kind, std::move(call));
  return Expanded(std::move(call));
}

}  // namespace bao::cel
