#include "internal/cel/compare.h"

#include <cmath>

#include "internal/cel/message.h"

namespace bao::cel {
namespace {

template <typename T>
int order(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

int order_with_double(const Value& integer, double number) {
  if (const int64_t* value = integer.as<int64_t>()) {
    if (number < -0x1p63) return 1;
    if (number >= 0x1p63) return -1;
    return order(static_cast<double>(*value), number);
  }
  if (number < 0) return 1;
  if (number >= 0x1p64) return -1;
  return order(static_cast<double>(*integer.as<uint64_t>()), number);
}

// Neither is NaN.
int order_numbers(const Value& a, const Value& b) {
  const double *double_a = a.as<double>(), *double_b = b.as<double>();
  if (double_a != nullptr && double_b != nullptr) return order(*double_a, *double_b);
  if (double_b != nullptr) return order_with_double(a, *double_b);
  if (double_a != nullptr) return -order_with_double(b, *double_a);
  const KeyLess less;
  return less(a, b) ? -1 : less(b, a) ? 1 : 0;
}

bool is_nan(const Value& value) { return value.is(Value::Kind::floating) && std::isnan(*value.as<double>()); }

base::Result<bool> equal_lists(Budget& budget, const List& a, const List& b) {
  if (a.items.size() != b.items.size()) return false;
  for (size_t i = 0; i < a.items.size(); ++i) {
    ASSIGN_OR_RETURN(const bool same, equal(budget, a.items[i], b.items[i]));
    if (!same) return false;
  }
  return true;
}

base::Result<bool> equal_maps(Budget& budget, const Map& a, const Map& b) {
  if (a.entries.size() != b.entries.size()) return false;
  for (const auto& [key, value] : a.entries) {
    const Value* other = b.find(key);
    if (other == nullptr) return false;
    ASSIGN_OR_RETURN(const bool same, equal(budget, value, *other));
    if (!same) return false;
  }
  return true;
}

base::Result<bool> equal_messages(Budget& budget, const Message& a, const Message& b) {
  if (a.type != b.type || a.fields.size() != b.fields.size()) return false;
  for (const auto& [field, value] : a.fields) {
    if (!b.has(*field)) return false;
    ASSIGN_OR_RETURN(const bool same, equal(budget, value, b.get(*field)));
    if (!same) return false;
  }
  return true;
}

template <typename T>
bool same(const Value& a, const Value& b) {
  return *a.as<T>() == *b.as<T>();
}

}  // namespace

base::Result<bool> equal(Budget& budget, const Value& a, const Value& b) {
  TRY(budget.spend(1));
  if (a.is_number() && b.is_number()) return !is_nan(a) && !is_nan(b) && order_numbers(a, b) == 0;
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Value::Kind::boolean: return same<bool>(a, b);
    case Value::Kind::string: return same<std::string>(a, b);
    case Value::Kind::bytes: return same<Bytes>(a, b);
    case Value::Kind::timestamp: return same<Timestamp>(a, b);
    case Value::Kind::duration: return same<Duration>(a, b);
    case Value::Kind::type: return same<Type>(a, b);
    case Value::Kind::list: return equal_lists(budget, *a.as_list(), *b.as_list());
    case Value::Kind::map: return equal_maps(budget, *a.as_map(), *b.as_map());
    case Value::Kind::message: return equal_messages(budget, *a.as_message(), *b.as_message());
    case Value::Kind::optional: {
      const Optional &left = *a.as<Optional>(), &right = *b.as<Optional>();
      if (left.value == nullptr || right.value == nullptr) return left.value == right.value;
      return equal(budget, *left.value, *right.value);
    }
    default: return true;  // null
  }
}

base::Result<int> compare(const Value& a, const Value& b) {
  if (a.is_number() && b.is_number()) {
    if (is_nan(a) || is_nan(b)) return base::invalid("NaN values cannot be ordered");
    return order_numbers(a, b);
  }
  if (a.kind() != b.kind()) return base::invalid("no such overload");
  switch (a.kind()) {
    case Value::Kind::boolean: return order(*a.as<bool>(), *b.as<bool>());
    case Value::Kind::string: return order(*a.as<std::string>(), *b.as<std::string>());
    case Value::Kind::bytes: return order(*a.as<Bytes>(), *b.as<Bytes>());
    case Value::Kind::timestamp: return order(*a.as<Timestamp>(), *b.as<Timestamp>());
    case Value::Kind::duration: return order(*a.as<Duration>(), *b.as<Duration>());
    default: return base::invalid("no such overload");
  }
}

}  // namespace bao::cel
