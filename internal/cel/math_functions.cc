// cel-go's ext.Math.
#include <cmath>
#include <limits>

#include "internal/cel/compare.h"
#include "internal/cel/function.h"

namespace bao::cel {
namespace {

template <int sign>
Outcome extremum(Budget&, const List& list) {
  const char* name = sign > 0 ? "math.greatest" : "math.least";
  if (list.items.empty()) return base::invalid(std::string(name) + "(list) argument must not be empty");
  const Value* best = nullptr;
  for (const Value& item : list.items) {
    if (!item.is_number()) return base::invalid(std::string("no such overload: ") + name);
    if (best == nullptr) {
      best = &item;
      continue;
    }
    ASSIGN_OR_RETURN(const int order, compare(item, *best));
    if (order * sign > 0) best = &item;
  }
  return *best;
}
template <typename T>
Outcome itself(Budget&, const T& number) {
  return Value(number);
}

template <typename T>
Outcome bit_or(Budget&, const T& a, const T& b) {
  return Value(static_cast<T>(a | b));
}
template <typename T>
Outcome bit_and(Budget&, const T& a, const T& b) {
  return Value(static_cast<T>(a & b));
}
template <typename T>
Outcome bit_xor(Budget&, const T& a, const T& b) {
  return Value(static_cast<T>(a ^ b));
}
template <typename T>
Outcome bit_not(Budget&, const T& a) {
  return Value(static_cast<T>(~a));
}
template <typename T>
Outcome shift_left(Budget&, const T& a, const int64_t& by) {
  if (by < 0) return base::invalid("math.bitShiftLeft() negative offset: " + std::to_string(by));
  return Value(by >= 64 ? T{0} : static_cast<T>(static_cast<uint64_t>(a) << by));
}
template <typename T>
Outcome shift_right(Budget&, const T& a, const int64_t& by) {
  if (by < 0) return base::invalid("math.bitShiftRight() negative offset: " + std::to_string(by));
  return Value(by >= 64 ? T{0} : static_cast<T>(static_cast<uint64_t>(a) >> by));
}

template <double (*function_of_double)(double)>
Outcome rounded(Budget&, const double& number) {
  return Value(function_of_double(number));
}

Outcome absolute_int(Budget&, const int64_t& number) {
  if (number == std::numeric_limits<int64_t>::min()) return base::invalid("integer overflow");
  return Value(number < 0 ? -number : number);
}
Outcome absolute_double(Budget&, const double& number) { return Value(std::fabs(number)); }
Outcome sign_of_int(Budget&, const int64_t& number) { return Value(int64_t{(number > 0) - (number < 0)}); }
Outcome sign_of_uint(Budget&, const uint64_t& number) { return Value(uint64_t{number > 0}); }
Outcome sign_of_double(Budget&, const double& number) {
  if (std::isnan(number)) return Value(number);
  return Value(static_cast<double>((number > 0) - (number < 0)));
}
Outcome is_infinite(Budget&, const double& number) { return Value(std::isinf(number)); }
Outcome is_nan(Budget&, const double& number) { return Value(std::isnan(number)); }
Outcome is_finite(Budget&, const double& number) { return Value(std::isfinite(number)); }
template <typename T>
Outcome square_root(Budget&, const T& number) {
  return Value(std::sqrt(static_cast<double>(number)));
}

template <typename T>
void add_bits(std::vector<Overload>& all) {
  all.push_back(function<bit_or<T>>("math.bitOr"));
  all.push_back(function<bit_and<T>>("math.bitAnd"));
  all.push_back(function<bit_xor<T>>("math.bitXor"));
  all.push_back(function<bit_not<T>>("math.bitNot"));
  all.push_back(function<shift_left<T>>("math.bitShiftLeft"));
  all.push_back(function<shift_right<T>>("math.bitShiftRight"));
}

template <typename T>
void add_scalars(std::vector<Overload>& all) {
  all.push_back(function<itself<T>>("math.greatest"));
  all.push_back(function<itself<T>>("math.least"));
  all.push_back(function<square_root<T>>("math.sqrt"));
}

}  // namespace

std::vector<Overload> math_functions() {
  std::vector<Overload> all = {function<extremum<1>>("math.greatest"),  function<extremum<-1>>("math.least"),
                               function<rounded<std::ceil>>("math.ceil"), function<rounded<std::floor>>("math.floor"),
                               function<rounded<std::round>>("math.round"), function<rounded<std::trunc>>("math.trunc"),
                               function<absolute_int>("math.abs"),      function<itself<uint64_t>>("math.abs"),
                               function<absolute_double>("math.abs"),   function<sign_of_int>("math.sign"),
                               function<sign_of_uint>("math.sign"),     function<sign_of_double>("math.sign"),
                               function<is_infinite>("math.isInf"),     function<is_nan>("math.isNaN"),
                               function<is_finite>("math.isFinite")};
  add_bits<int64_t>(all);
  add_bits<uint64_t>(all);
  add_scalars<int64_t>(all);
  add_scalars<uint64_t>(all);
  add_scalars<double>(all);
  return all;
}

}  // namespace bao::cel
