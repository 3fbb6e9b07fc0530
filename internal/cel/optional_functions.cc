// Values that may be missing (cel-go's OptionalTypes). x.?y, x[?y], optMap and optFlatMap are the evaluator's.
#include "internal/cel/function.h"
#include "internal/cel/message.h"

namespace bao::cel {
namespace {

Outcome none(Budget&) { return Value(Optional{}); }
Outcome of(Budget&, const Value& value) { return Value::optional(value); }

bool is_zero(const Value& value) {
  if (value.is(Value::Kind::null)) return true;
  if (const bool* flag = value.as<bool>()) return !*flag;
  if (const int64_t* number = value.as<int64_t>()) return *number == 0;
  if (const uint64_t* number = value.as<uint64_t>()) return *number == 0;
  if (const double* number = value.as<double>()) return *number == 0;
  if (const std::string* text = value.as<std::string>()) return text->empty();
  if (const Bytes* bytes = value.as<Bytes>()) return bytes->bytes.empty();
  if (const Timestamp* time = value.as<Timestamp>()) return *time == Timestamp{-62'135'596'800, 0};
  if (const Duration* duration = value.as<Duration>()) return duration->nanoseconds == 0;
  if (const List* list = value.as_list()) return list->items.empty();
  if (const Map* map = value.as_map()) return map->entries.empty();
  if (const Message* message = value.as_message()) return message->fields.empty();
  return false;
}

Outcome of_non_zero(Budget&, const Value& value) { return is_zero(value) ? Value(Optional{}) : Value::optional(value); }

Outcome has_value(Budget&, const Optional& optional) { return Value(optional.value != nullptr); }
Outcome value_of(Budget&, const Optional& optional) {
  if (optional.value == nullptr) return base::invalid("optional.none() dereference");
  return *optional.value;
}

// The evaluator asks these only where there is no value.
Outcome or_optional(Budget&, const Optional& optional, const Optional& other) { return Value(optional.value != nullptr ? optional : other); }
Outcome or_value(Budget&, const Optional& optional, const Value& other) { return optional.value != nullptr ? *optional.value : other; }

Outcome unwrap(Budget&, const List& list) {
  std::vector<Value> values;
  for (const Value& item : list.items) {
    const Optional* optional = item.as<Optional>();
    if (optional == nullptr) return base::invalid("no such overload");
    if (optional->value != nullptr) values.push_back(*optional->value);
  }
  return Value::list(std::move(values));
}

Outcome first(Budget&, const List& list) { return list.items.empty() ? Value(Optional{}) : Value::optional(list.items.front()); }
Outcome last(Budget&, const List& list) { return list.items.empty() ? Value(Optional{}) : Value::optional(list.items.back()); }

}  // namespace

std::vector<Overload> optional_functions() {
  return {function<none>("optional.none"),      function<of>("optional.of"), function<of_non_zero>("optional.ofNonZeroValue"),
          method<has_value>("hasValue"),        method<value_of>("value"),   function<unwrap>("optional.unwrap"),
          method<unwrap>("unwrapOpt"),          method<first>("first"),      method<last>("last"),
          method<or_optional>("or"),            method<or_value>("orValue")};
}

}  // namespace bao::cel
