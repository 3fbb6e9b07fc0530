#include "internal/cel/member.h"

#include "internal/cel/message.h"

namespace bao::cel {
namespace {

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

}  // namespace

base::Error no_overload() { return base::invalid("no such overload"); }

base::Result<Optional> optional_of(const Value& value) {
  if (const Optional* optional = value.as<Optional>()) return *optional;
  return no_overload();
}

Outcome optional_member(const Value& operand, const Value& key, Budget& budget) {
  const Optional* optional = operand.as<Optional>();
  if (optional != nullptr && optional->value == nullptr) return operand;
  ASSIGN_OR_RETURN(Optional member, member_of(optional != nullptr ? *optional->value : operand, key));
  return budget.pay_for(Value(std::move(member)));
}

Outcome field_of(const Value& operand, const std::string& field, Budget& budget) {
  if (operand.is(Value::Kind::optional)) return optional_member(operand, Value(field), budget);
  if (operand.as_map() == nullptr && operand.as_message() == nullptr) return no_overload();
  ASSIGN_OR_RETURN(const Optional member, member_of(operand, Value(field)));
  if (member.value != nullptr) return *member.value;
  if (const Message* message = operand.as_message()) return message->get(field);
  return base::invalid("no such key: " + field);
}

Outcome has_member(const Value& operand, const std::string& field) {
  const Optional* optional = operand.as<Optional>();
  if (optional != nullptr && optional->value == nullptr) return Value(false);
  ASSIGN_OR_RETURN(const Optional member, member_of(optional != nullptr ? *optional->value : operand, Value(field)));
  return Value(member.value != nullptr);
}

}  // namespace bao::cel
