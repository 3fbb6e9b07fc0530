#include "internal/cel/evaluate.h"

#include <algorithm>

#include "internal/cel/function.h"
#include "internal/cel/sort.h"
#include "internal/cel/text.h"

namespace bao::cel {
namespace {

using Style = Overload::Style;

base::Error no_overload() { return base::invalid("no such overload"); }

// The value of a field or key, none where it is not there.
base::Result<Optional> member_of(const Value& operand, const Value& key) {
  const auto found = [](Value value) { return Optional{std::make_shared<const Value>(std::move(value))}; };
  if (const Map* map = operand.as_map()) {
    const Value* value = map->find(key);
    return value == nullptr ? Optional{} : found(*value);
  }
  if (const Message* message = operand.as_message(); message != nullptr && key.is(Value::Kind::string)) {
    const FieldType* field = message->type->find(*key.as<std::string>());
    if (field == nullptr) return base::invalid("no such field '" + *key.as<std::string>() + "'");
    return message->has(*field) ? found(message->get(*field)) : Optional{};
  }
  if (const List* list = operand.as_list(); list != nullptr && key.is(Value::Kind::integer)) {
    const int64_t index = *key.as<int64_t>();
    return index < 0 || static_cast<size_t>(index) >= list->items.size() ? Optional{} : found(list->items[static_cast<size_t>(index)]);
  }
  return no_overload();
}

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
    if (select.test) return has(operand, select.field);
    if (select.optional) return optional_member(operand, Value(select.field));
    return field_of(operand, select.field);
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

  // a && b, a || b, and over lists: `decisive` ends it; an error counts only if nothing is decisive.
  class Decision {
   public:
    explicit Decision(bool decisive) : decisive_(decisive) {}
    // Whether it is decided.
    bool add(const Outcome& side) {
      const bool* flag = side.ok() ? side->as<bool>() : nullptr;
      if (flag != nullptr && *flag == decisive_) return decided_ = true;
      if (flag != nullptr) return false;
      const base::Error error = side.ok() ? no_overload() : side.error();
      if (!failed_) failed_ = error;
      return !is_absorbed(error) && (failed_ = error, true);
    }
    Outcome outcome() const {
      if (decided_) return Value(decisive_);
      if (failed_) return *failed_;
      return Value(!decisive_);
    }

   private:
    bool decisive_, decided_ = false;
    std::optional<base::Error> failed_;
  };

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

  static base::Result<Optional> optional_of(const Value& value) {
    if (const Optional* optional = value.as<Optional>()) return *optional;
    return no_overload();
  }

  Outcome item(const CallNode& call) {
    ASSIGN_OR_RETURN(const Value operand, run(*call.arguments[0]));
    ASSIGN_OR_RETURN(const Value key, run(*call.arguments[1]));
    if (call.function == "_[?_]" || operand.is(Value::Kind::optional)) return optional_member(operand, key);
    const Value values[] = {operand, key};
    return call_function("_[_]", Style::function, budget_, values);
  }

  // operand.?field and operand[?key]; of what is optional itself: of its value.
  Outcome optional_member(const Value& operand, const Value& key) {
    const Optional* optional = operand.as<Optional>();
    if (optional != nullptr && optional->value == nullptr) return operand;
    ASSIGN_OR_RETURN(Optional member, member_of(optional != nullptr ? *optional->value : operand, key));
    return budget_.pay_for(Value(std::move(member)));
  }

  Outcome field_of(const Value& operand, const std::string& field) {
    if (operand.is(Value::Kind::optional)) return optional_member(operand, Value(field));
    if (operand.as_map() == nullptr && operand.as_message() == nullptr) return no_overload();
    ASSIGN_OR_RETURN(const Optional member, member_of(operand, Value(field)));
    if (member.value != nullptr) return *member.value;
    if (const Message* message = operand.as_message()) return message->get(field);
    return base::invalid("no such key: " + field);
  }

  Outcome has(const Value& operand, const std::string& field) {
    const Optional* optional = operand.as<Optional>();
    if (optional != nullptr && optional->value == nullptr) return Value(false);
    ASSIGN_OR_RETURN(const Optional member, member_of(optional != nullptr ? *optional->value : operand, Value(field)));
    return Value(member.value != nullptr);
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
