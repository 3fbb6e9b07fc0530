// Arithmetic, order, membership and indexing (the CEL specification, "Standard definitions"). && || and ?: are the evaluator's.
#include <cmath>
#include <limits>

#include "internal/cel/compare.h"
#include "internal/cel/function.h"
#include "internal/cel/message.h"
#include "internal/cel/text.h"
#include "internal/cel/time.h"

namespace bao::cel {
namespace {

template <typename T>
base::Error overflow() {
  return base::invalid(std::is_signed_v<T> ? "integer overflow" : "unsigned integer overflow");
}

template <typename T>
Outcome add(Budget&, const T& a, const T& b) {
  T sum;
  if (__builtin_add_overflow(a, b, &sum)) return overflow<T>();
  return Value(sum);
}

template <typename T>
Outcome subtract(Budget&, const T& a, const T& b) {
  T difference;
  if (__builtin_sub_overflow(a, b, &difference)) return overflow<T>();
  return Value(difference);
}

template <typename T>
Outcome multiply(Budget&, const T& a, const T& b) {
  T product;
  if (__builtin_mul_overflow(a, b, &product)) return overflow<T>();
  return Value(product);
}

template <typename T>
bool leaves_range(const T& a, const T& b) {
  return std::is_signed_v<T> && a == std::numeric_limits<T>::min() && b == static_cast<T>(-1);
}

template <typename T>
Outcome divide(Budget&, const T& a, const T& b) {
  if (b == 0) return base::invalid("division by zero");
  if (leaves_range(a, b)) return overflow<T>();
  return Value(static_cast<T>(a / b));
}

template <typename T>
Outcome modulo(Budget&, const T& a, const T& b) {
  if (b == 0) return base::invalid("modulus by zero");
  if (leaves_range(a, b)) return overflow<T>();
  return Value(static_cast<T>(a % b));
}

Outcome add_doubles(Budget&, const double& a, const double& b) { return Value(a + b); }
Outcome subtract_doubles(Budget&, const double& a, const double& b) { return Value(a - b); }
Outcome multiply_doubles(Budget&, const double& a, const double& b) { return Value(a * b); }
Outcome divide_doubles(Budget&, const double& a, const double& b) { return Value(a / b); }
Outcome negate_double(Budget&, const double& a) { return Value(-a); }

Outcome negate(Budget&, const int64_t& a) {
  if (a == std::numeric_limits<int64_t>::min()) return overflow<int64_t>();
  return Value(-a);
}

Outcome logical_not(Budget&, const bool& a) { return Value(!a); }

Outcome join_strings(Budget& budget, const std::string& a, const std::string& b) {
  TRY(budget.spend(a.size() + b.size()));
  return Value(a + b);
}

Outcome join_bytes(Budget& budget, const Bytes& a, const Bytes& b) {
  TRY(budget.spend(a.bytes.size() + b.bytes.size()));
  return Value(Bytes{a.bytes + b.bytes});
}

Outcome join_lists(Budget& budget, const List& a, const List& b) {
  TRY(budget.spend(a.items.size() + b.items.size()));
  std::vector<Value> items = a.items;
  items.insert(items.end(), b.items.begin(), b.items.end());
  return Value::list(std::move(items));
}

Outcome later(Budget&, const Timestamp& time, const Duration& by) { return moved(time, by); }
Outcome later_reversed(Budget&, const Duration& by, const Timestamp& time) { return moved(time, by); }

Outcome earlier(Budget&, const Timestamp& time, const Duration& by) {
  if (by.nanoseconds == std::numeric_limits<int64_t>::min()) return base::invalid("duration overflow");
  return moved(time, {-by.nanoseconds});
}

Outcome between(Budget&, const Timestamp& a, const Timestamp& b) { return difference(a, b); }

Outcome add_durations(Budget&, const Duration& a, const Duration& b) {
  Duration sum;
  if (__builtin_add_overflow(a.nanoseconds, b.nanoseconds, &sum.nanoseconds)) return base::invalid("duration overflow");
  return Value(sum);
}

Outcome subtract_durations(Budget&, const Duration& a, const Duration& b) {
  Duration left;
  if (__builtin_sub_overflow(a.nanoseconds, b.nanoseconds, &left.nanoseconds)) return base::invalid("duration overflow");
  return Value(left);
}

Outcome equals(Budget& budget, const Value& a, const Value& b) {
  ASSIGN_OR_RETURN(const bool same, equal(budget, a, b));
  return Value(same);
}

Outcome differs(Budget& budget, const Value& a, const Value& b) {
  ASSIGN_OR_RETURN(const bool same, equal(budget, a, b));
  return Value(!same);
}

template <typename Predicate>
Outcome ordered(const Value& a, const Value& b, Predicate predicate) {
  ASSIGN_OR_RETURN(const int order, compare(a, b));
  return Value(predicate(order));
}
Outcome less(Budget&, const Value& a, const Value& b) { return ordered(a, b, [](int order) { return order < 0; }); }
Outcome less_or_equal(Budget&, const Value& a, const Value& b) { return ordered(a, b, [](int order) { return order <= 0; }); }
Outcome greater(Budget&, const Value& a, const Value& b) { return ordered(a, b, [](int order) { return order > 0; }); }
Outcome greater_or_equal(Budget&, const Value& a, const Value& b) { return ordered(a, b, [](int order) { return order >= 0; }); }

Outcome in_list(Budget& budget, const Value& wanted, const List& list) {
  for (const Value& item : list.items) {
    ASSIGN_OR_RETURN(const bool same, equal(budget, item, wanted));
    if (same) return Value(true);
  }
  return Value(false);
}

Outcome in_map(Budget&, const Value& wanted, const Map& map) { return Value(map.find(wanted) != nullptr); }

// A whole number of any type, as indexes may be.
std::optional<int64_t> index_of(const Value& value) {
  if (const int64_t* number = value.as<int64_t>()) return *number;
  if (const uint64_t* number = value.as<uint64_t>(); number != nullptr && *number <= INT64_MAX) return static_cast<int64_t>(*number);
  if (const double* number = value.as<double>(); number != nullptr && std::trunc(*number) == *number && std::abs(*number) < 0x1p53) {
    return static_cast<int64_t>(*number);
  }
  return {};
}

Outcome item_of_list(Budget&, const List& list, const Value& at) {
  const auto index = index_of(at);
  if (!index) return base::invalid("unsupported index type '" + at.type_name() + "' in list");
  if (*index < 0 || static_cast<size_t>(*index) >= list.items.size()) return base::invalid("index out of bounds: " + std::to_string(*index));
  return list.items[static_cast<size_t>(*index)];
}

Outcome item_of_map(Budget&, const Map& map, const Value& key) {
  if (const Value* found = map.find(key)) return *found;
  return base::invalid("no such key: " + display_text(key));
}

}  // namespace

std::vector<Overload> operators() {
  return {function<add<int64_t>>("_+_"),           function<add<uint64_t>>("_+_"),
          function<add_doubles>("_+_"),            function<join_strings>("_+_"),
          function<join_bytes>("_+_"),             function<join_lists>("_+_"),
          function<later>("_+_"),                  function<later_reversed>("_+_"),
          function<add_durations>("_+_"),          function<subtract<int64_t>>("_-_"),
          function<subtract<uint64_t>>("_-_"),     function<subtract_doubles>("_-_"),
          function<earlier>("_-_"),                function<between>("_-_"),
          function<subtract_durations>("_-_"),     function<multiply<int64_t>>("_*_"),
          function<multiply<uint64_t>>("_*_"),     function<multiply_doubles>("_*_"),
          function<divide<int64_t>>("_/_"),        function<divide<uint64_t>>("_/_"),
          function<divide_doubles>("_/_"),         function<modulo<int64_t>>("_%_"),
          function<modulo<uint64_t>>("_%_"),       function<negate>("-_"),
          function<negate_double>("-_"),           function<logical_not>("!_"),
          function<equals>("_==_"),                function<differs>("_!=_"),
          function<less>("_<_"),                   function<less_or_equal>("_<=_"),
          function<greater>("_>_"),                function<greater_or_equal>("_>=_"),
          function<in_list>("@in"),                function<in_map>("@in"),
          function<item_of_list>("_[_]"),          function<item_of_map>("_[_]")};
}

}  // namespace bao::cel
