#include "internal/cel/program.h"

#include "internal/cel/budget.h"
#include "internal/cel/evaluate.h"
#include "internal/cel/function.h"
#include "internal/cel/parser.h"
#include "internal/cel/text.h"

namespace bao::cel {
namespace {

using codec::Json;

std::string go_type(const Json& value) {
  if (value.is_bool()) return "bool";
  if (value.is_number()) return "json.Number";
  if (value.is_array()) return "[]interface {}";
  return value.is_object() ? "map[string]interface {}" : "string";
}

std::string go_value(const Json& value) { return value.is_number() ? value.text() : codec::write_json(value); }

base::Error unfit(const std::string& where, const char* expected, const Json& value) {
  return base::invalid("decoding failed due to the following error(s):\n\n'" + where + "' expected type '" + expected +
                       "', got unconvertible type '" + go_type(value) + "', value: '" + go_value(value) + "'");
}

base::Status take_text(std::string& target, const Json& object, const char* member, const std::string& where) {
  const Json* given = object.find_ignoring_case(member);
  if (given == nullptr || given->is_null()) return {};
  if (!given->is_string()) return unfit(where, "string", *given);
  target = given->as_string();
  return {};
}

std::string place_of(size_t index, const Program::Variable& variable) { return "variable[" + std::to_string(index) + "]." + variable.name; }

Outcome evaluated(const std::string& expression, const Environment& environment, const Variables& values, Budget& budget) {
  const auto tree = parse(expression);
  if (!tree.ok()) return tree.error().within("invalid CEL syntax for expression " + quoted(expression));
  auto value = cel::evaluate(**tree, environment, values, budget);
  if (!value.ok()) return value.error().within("failed to evaluate expression " + quoted(expression));
  return value;
}

// What a value is once it has been a variable: a type becomes its name, an optional what it holds.
Value as_variable(Value value) {
  if (const Type* type = value.as<Type>()) return type->name;
  if (const Optional* optional = value.as<Optional>()) return optional->value == nullptr ? Value() : as_variable(*optional->value);
  return value;
}

}  // namespace

base::Status Program::take(const Json& object) {
  TRY(take_text(expression, object, "expression", "expression"));
  const Json* given = object.find_ignoring_case("variables");
  if (given == nullptr || given->is_null()) return {};
  if (!given->is_array()) return unfit("variables", "[]cel.Variable", *given);
  std::vector<Variable> taken = variables;  // the reference's decoder fills in what is there, element by element
  taken.resize(given->size());
  for (size_t i = 0; i < taken.size(); ++i) {
    const Json& item = given->items()[i];
    const std::string where = "variables[" + std::to_string(i) + "]";
    if (item.is_null()) continue;
    if (!item.is_object()) {
      return base::invalid("decoding failed due to the following error(s):\n\n'" + where + "' expected a map or struct, got \"" + go_type(item) + "\"");
    }
    TRY(take_text(taken[i].name, item, "name", where + ".name"));
    TRY(take_text(taken[i].expression, item, "expression", where + ".expression"));
  }
  variables = std::move(taken);
  return {};
}

Json Program::json() const {
  Json out = Json::record();
  if (!variables.empty()) {
    Json list = Json::array();
    for (const Variable& variable : variables) {
      list.push_back(Json::record({{"name", variable.name}, {"expression", variable.expression}}));
    }
    out.set("variables", std::move(list));
  }
  out.set("expression", expression);
  return out;
}

base::Status Program::validate(const Environment& environment, Declarations declared) const {
  for (size_t i = 0; i < variables.size(); ++i) {
    if (const auto tree = parse(variables[i].expression); !tree.ok()) {
      return tree.error().within("failed to validate variables: " + place_of(i, variables[i]) +
                                      ": failed to validate: invalid CEL syntax for variable '" + variables[i].name + "'");
    }
    declared.insert_or_assign(variables[i].name, "");
  }
  const auto tree = parse(expression);
  if (!tree.ok()) return tree.error().within("invalid CEL syntax for main expression");
  const auto checked = check(**tree, environment, declared, expression);
  if (!checked.ok()) return checked.error().within("error type-checking CEL MainProgram");
  return {};
}

base::Result<Value> Program::evaluate(const Environment& environment, Variables values) const {
  Budget budget;
  for (size_t i = 0; i < variables.size(); ++i) {
    auto value = evaluated(variables[i].expression, environment, values, budget);
    if (!value.ok()) return value.error().within("failed to evaluate variables: " + place_of(i, variables[i]));
    values.insert_or_assign(variables[i].name, as_variable(*std::move(value)));
  }
  auto value = evaluated(expression, environment, values, budget);
  if (!value.ok()) return value.error().within("failed to evaluate expression");
  return value;
}

}  // namespace bao::cel
