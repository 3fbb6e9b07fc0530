#include "internal/cel/evaluate.h"

#include "internal/cel/decision.h"
#include "internal/cel/function.h"
#include "internal/cel/member.h"
#include "internal/cel/sort.h"
#include "internal/cel/text.h"

namespace bao::cel {
namespace {

using Style = Overload::Style;

class Evaluator {
 public:
  Evaluator(const Environment& environment, const Variables& variables, Budget& budget)
      : environment_(environment), variables_(variables), budget_(budget) {}

  Outcome run(const Node& node) {
    TRY(budget_.spend(1));
    return std::visit([this, &node](const auto& content) { return on(node, content); }, node.content);
  }

 private:
  Outcome on(const Node&, const Literal& literal) { return literal.value; }

  Outcome on(const Node&, const Identifier& identifier) {
    if (const Value* bound = local(identifier.name)) return *bound;
    if (auto found = named(identifier.name)) return *std::move(found);
    std::string tried;
    for (const std::string& candidate : environment_.candidates(identifier.name)) tried += (tried.empty() ? "" : ", ") + candidate;
    return base::invalid("no such attribute(s): " + tried);
  }

  Outcome on(const Node& node, const Select& select) {
    if (!select.test && !select.optional) {
      if (auto found = qualified(node)) return *std::move(found);
    }
    ASSIGN_OR_RETURN(const Value operand, run(*select.operand));
    if (select.test) return has_member(operand, select.field);
    if (select.optional) return optional_member(operand, Value(select.field), budget_);
    return field_of(operand, select.field, budget_);
  }

  Outcome on(const Node&, const CallNode& call) {
    if (call.function == "_&&_") return logic(call, false);
    if (call.function == "_||_") return logic(call, true);
    if (call.function == "_?_:_") return conditional(call);
    if (call.function == "_[_]" || call.function == "_[?_]") return item(call);
    std::vector<Value> values;
    Style style = Style::function;
    std::string name = call.function;
    if (call.target != nullptr) {
      if (const std::string space = space_of(*call.target, call.function); !space.empty()) {
        name = space;
      } else {
        style = Style::method;
        ASSIGN_OR_RETURN(Value target, run(*call.target));
        const Optional* optional = target.as<Optional>();
        if (optional != nullptr && optional->value != nullptr && call.arguments.size() == 1) {
          if (name == "or") return target;
          if (name == "orValue") return *optional->value;
        }
        values.push_back(std::move(target));
      }
    } else if (name.starts_with('.')) {
      name.erase(0, 1);
    }
    for (const NodePointer& argument : call.arguments) {
      ASSIGN_OR_RETURN(Value value, run(*argument));
      values.push_back(std::move(value));
    }
    return call_function(name, style, budget_, values);
  }

  Outcome on(const Node&, const ListNode& list) {
    std::vector<Value> items;
    for (const auto& [item, optional] : list.items) {
      ASSIGN_OR_RETURN(Value value, run(*item));
      if (optional) {
        ASSIGN_OR_RETURN(const Optional inner, optional_of(value));
        if (inner.value == nullptr) continue;
        value = *inner.value;
      }
      items.push_back(std::move(value));
    }
    return budget_.pay_for(Value::list(std::move(items)));
  }

  Outcome on(const Node&, const MapNode& map) {
    std::map<Value, Value, KeyLess> entries;
    for (const MapNode::Entry& entry : map.entries) {
      ASSIGN_OR_RETURN(Value key, run(*entry.key));
      ASSIGN_OR_RETURN(Value value, run(*entry.value));
      if (!is_map_key(key)) return base::invalid("unsupported key type: " + key.type_name());
      if (entry.optional) {
        ASSIGN_OR_RETURN(const Optional inner, optional_of(value));
        if (inner.value == nullptr) continue;
        value = *inner.value;
      }
      if (entries.contains(key)) return base::invalid("Failed with repeated key: " + display_text(key));
      entries.emplace(std::move(key), std::move(value));
    }
    return budget_.pay_for(make_map(std::move(entries)));
  }

  Outcome on(const Node&, const MessageNode& message) {
    const MessageType* type = environment_.find_message(message.type);
    if (type == nullptr) return base::invalid("unknown type: " + message.type);
    std::vector<std::pair<std::string, Value>> fields;
    for (const MessageNode::Field& field : message.fields) {
      ASSIGN_OR_RETURN(Value value, run(*field.value));
      if (field.optional) {
        ASSIGN_OR_RETURN(const Optional inner, optional_of(value));
        if (inner.value == nullptr) continue;
        value = *inner.value;
      }
      fields.emplace_back(field.name, std::move(value));
    }
    ASSIGN_OR_RETURN(Value made, make_message(*type, fields));
    return budget_.pay_for(std::move(made));
  }

  Outcome on(const Node&, const Comprehension& comprehension) {
    using Kind = Comprehension::Kind;
    ASSIGN_OR_RETURN(const Value range, run(*comprehension.range));
    if (comprehension.kind == Kind::optional_map || comprehension.kind == Kind::optional_flat_map) return optional_body(comprehension, range);
    std::vector<Value> items;
    if (const List* list = range.as_list()) {
      items = list->items;
    } else if (const Map* map = range.as_map()) {
      for (const auto& entry : map->entries) items.push_back(entry.first);
    } else {
      return no_overload();
    }
    TRY(budget_.spend(items.size()));
    switch (comprehension.kind) {
      case Kind::all: return quantifier(comprehension, items, false);
      case Kind::exists: return quantifier(comprehension, items, true);
      case Kind::exists_one: return exists_one(comprehension, items);
      case Kind::map: return map_items(comprehension, items);
      case Kind::filter: return filter_items(comprehension, items);
      default: return sort_items(comprehension, items);
    }
  }

  Outcome logic(const CallNode& call, bool decisive) {
    Decision decision(decisive);
    for (const NodePointer& argument : call.arguments) {
      if (decision.add(run(*argument))) break;
    }
    return decision.outcome();
  }

  Outcome conditional(const CallNode& call) {
    ASSIGN_OR_RETURN(const Value condition, run(*call.arguments[0]));
    const bool* flag = condition.as<bool>();
    if (flag == nullptr) return no_overload();
    return run(*call.arguments[*flag ? 1 : 2]);
  }

  // With the comprehension's name bound to that value.
  Outcome bound(const Comprehension& comprehension, const Node& body, Value value) {
    locals_.emplace_back(comprehension.name, std::move(value));
    auto outcome = run(body);
    locals_.pop_back();
    return outcome;
  }
  base::Result<bool> holds(const Comprehension& comprehension, const Node& body, const Value& value) {
    ASSIGN_OR_RETURN(const Value outcome, bound(comprehension, body, value));
    const bool* flag = outcome.as<bool>();
    if (flag == nullptr) return no_overload();
    return *flag;
  }

  Outcome quantifier(const Comprehension& comprehension, const std::vector<Value>& items, bool decisive) {
    Decision decision(decisive);
    for (const Value& item : items) {
      if (decision.add(bound(comprehension, *comprehension.body, item))) break;
    }
    return decision.outcome();
  }

  Outcome exists_one(const Comprehension& comprehension, const std::vector<Value>& items) {
    size_t count = 0;
    for (const Value& item : items) {
      ASSIGN_OR_RETURN(const bool fits, holds(comprehension, *comprehension.body, item));
      count += fits;
    }
    return Value(count == 1);
  }

  Outcome map_items(const Comprehension& comprehension, const std::vector<Value>& items) {
    std::vector<Value> mapped;
    for (const Value& item : items) {
      if (comprehension.filter != nullptr) {
        ASSIGN_OR_RETURN(const bool fits, holds(comprehension, *comprehension.filter, item));
        if (!fits) continue;
      }
      ASSIGN_OR_RETURN(Value value, bound(comprehension, *comprehension.body, item));
      mapped.push_back(std::move(value));
    }
    return budget_.pay_for(Value::list(std::move(mapped)));
  }

  Outcome filter_items(const Comprehension& comprehension, const std::vector<Value>& items) {
    std::vector<Value> kept;
    for (const Value& item : items) {
      ASSIGN_OR_RETURN(const bool fits, holds(comprehension, *comprehension.body, item));
      if (fits) kept.push_back(item);
    }
    return budget_.pay_for(Value::list(std::move(kept)));
  }

  Outcome sort_items(const Comprehension& comprehension, const std::vector<Value>& items) {
    std::vector<Value> keys;
    for (const Value& item : items) {
      ASSIGN_OR_RETURN(Value key, bound(comprehension, *comprehension.body, item));
      keys.push_back(std::move(key));
    }
    return sorted_by(budget_, items, keys);
  }

  Outcome optional_body(const Comprehension& comprehension, const Value& range) {
    ASSIGN_OR_RETURN(const Optional optional, optional_of(range));
    if (optional.value == nullptr) return Value(optional);
    ASSIGN_OR_RETURN(Value value, bound(comprehension, *comprehension.body, *optional.value));
    if (comprehension.kind == Comprehension::Kind::optional_map) return budget_.pay_for(Value::optional(std::move(value)));
    TRY(optional_of(value));
    return value;
  }

  Outcome item(const CallNode& call) {
    ASSIGN_OR_RETURN(const Value operand, run(*call.arguments[0]));
    ASSIGN_OR_RETURN(const Value key, run(*call.arguments[1]));
    if (call.function == "_[?_]" || operand.is(Value::Kind::optional)) return optional_member(operand, key, budget_);
    const Value values[] = {operand, key};
    return call_function("_[_]", Style::function, budget_, values);
  }

  const Value* local(std::string_view name) const {
    for (auto bound = locals_.rbegin(); bound != locals_.rend(); ++bound) {
      if (bound->first == name) return &bound->second;
    }
    return nullptr;
  }

  // A variable, type or constant of that dotted name, looked for in the container.
  std::optional<Value> named(std::string_view name) const {
    for (const std::string& candidate : environment_.candidates(name)) {
      if (const auto variable = variables_.find(candidate); variable != variables_.end()) return variable->second;
      if (auto constant = environment_.find_constant(candidate)) return constant;
    }
    return {};
  }
  std::optional<Value> qualified(const Node& node) const {
    const std::string name = dotted_name(node);
    if (name.empty() || local(name.substr(0, name.find('.'))) != nullptr) return {};
    return named(name);
  }

  // "math.greatest" where math.greatest(…) is a function, "" where it is a method of a value.
  std::string space_of(const Node& target, const std::string& function) const {
    std::string space = dotted_name(target);
    if (space.empty() || local(space.substr(0, space.find('.'))) != nullptr) return "";
    if (space.starts_with('.')) space.erase(0, 1);
    const std::string name = space + "." + function;
    return is_function(name, Style::function) ? name : "";
  }

  const Environment& environment_;
  const Variables& variables_;
  Budget& budget_;
  std::vector<std::pair<std::string, Value>> locals_;
};

}  // namespace

Outcome evaluate(const Node& root, const Environment& environment, const Variables& variables, Budget& budget) {
  return Evaluator(environment, variables, budget).run(root);
}

}  // namespace bao::cel
