// Lists beyond the standard (cel-go's ext.Lists) and relations between lists as sets (ext.Sets). sortBy is the evaluator's.
#include <algorithm>

#include "internal/cel/compare.h"
#include "internal/cel/function.h"
#include "internal/cel/sort.h"

namespace bao::cel {
namespace {

base::Result<bool> has_item(Budget& budget, const List& list, const Value& wanted) {
  for (const Value& item : list.items) {
    ASSIGN_OR_RETURN(const bool same, equal(budget, item, wanted));
    if (same) return true;
  }
  return false;
}

Outcome distinct(Budget& budget, const List& list) {
  List kept;
  for (const Value& item : list.items) {
    ASSIGN_OR_RETURN(const bool seen, has_item(budget, kept, item));
    if (!seen) kept.items.push_back(item);
  }
  return Value::list(std::move(kept.items));
}

base::Status flatten_into(Budget& budget, std::vector<Value>& out, const List& list, int64_t levels) {
  for (const Value& item : list.items) {
    TRY(budget.spend(1));
    const List* inner = item.as_list();
    if (inner == nullptr || levels == 0) {
      out.push_back(item);
    } else {
      TRY(flatten_into(budget, out, *inner, levels - 1));
    }
  }
  return {};
}

Outcome flatten_levels(Budget& budget, const List& list, const int64_t& levels) {
  if (levels < 0) return base::invalid("level must be non-negative");
  std::vector<Value> out;
  TRY(flatten_into(budget, out, list, levels));
  return Value::list(std::move(out));
}
Outcome flatten(Budget& budget, const List& list) { return flatten_levels(budget, list, 1); }

Outcome range(Budget& budget, const int64_t& count) {
  if (count < 0) return Value::list({});
  TRY(budget.spend(static_cast<uint64_t>(count)));
  std::vector<Value> numbers;
  for (int64_t i = 0; i < count; ++i) numbers.emplace_back(i);
  return Value::list(std::move(numbers));
}

Outcome reverse(Budget&, const List& list) { return Value::list({list.items.rbegin(), list.items.rend()}); }

Outcome slice(Budget&, const List& list, const int64_t& from, const int64_t& to) {
  if (from < 0 || to < 0) {
    return base::invalid("cannot slice(" + std::to_string(from) + ", " + std::to_string(to) + "), negative indexes not supported");
  }
  if (from > to) {
    return base::invalid("cannot slice(" + std::to_string(from) + ", " + std::to_string(to) + "), start index must be less than or equal to end index");
  }
  if (static_cast<uint64_t>(to) > list.items.size()) {
    return base::invalid("cannot slice(" + std::to_string(from) + ", " + std::to_string(to) + "), list is length " + std::to_string(list.items.size()));
  }
  return Value::list({list.items.begin() + from, list.items.begin() + to});
}

Outcome sort(Budget& budget, const List& list) { return sorted_by(budget, list.items, list.items); }

base::Result<bool> contains_all(Budget& budget, const List& list, const List& wanted) {
  for (const Value& item : wanted.items) {
    ASSIGN_OR_RETURN(const bool found, has_item(budget, list, item));
    if (!found) return false;
  }
  return true;
}

Outcome set_contains(Budget& budget, const List& list, const List& wanted) {
  ASSIGN_OR_RETURN(const bool all, contains_all(budget, list, wanted));
  return Value(all);
}

Outcome set_equivalent(Budget& budget, const List& a, const List& b) {
  ASSIGN_OR_RETURN(const bool one_way, contains_all(budget, a, b));
  ASSIGN_OR_RETURN(const bool other_way, contains_all(budget, b, a));
  return Value(one_way && other_way);
}

Outcome set_intersects(Budget& budget, const List& a, const List& b) {
  for (const Value& item : b.items) {
    ASSIGN_OR_RETURN(const bool found, has_item(budget, a, item));
    if (found) return Value(true);
  }
  return Value(false);
}

}  // namespace

Outcome sorted_by(Budget& budget, const std::vector<Value>& items, const std::vector<Value>& keys) {
  std::vector<size_t> order(items.size());
  for (size_t i = 0; i < order.size(); ++i) {
    order[i] = i;
    if (keys[i].kind() != keys[0].kind()) return base::invalid("list elements must have the same type");
    TRY(compare(keys[i], keys[i]));  // so that the order below cannot fail: it has one, and is not NaN
    TRY(budget.spend(16));
  }
  std::stable_sort(order.begin(), order.end(), [&keys](size_t a, size_t b) { return *compare(keys[a], keys[b]) < 0; });
  std::vector<Value> sorted;
  for (const size_t at : order) sorted.push_back(items[at]);
  return Value::list(std::move(sorted));
}

std::vector<Overload> list_functions() {
  return {method<distinct>("distinct"), method<flatten>("flatten"), method<flatten_levels>("flatten"), function<range>("lists.range"),
          method<reverse>("reverse"),   method<slice>("slice"),     method<sort>("sort")};
}

std::vector<Overload> set_functions() {
  return {function<set_contains>("sets.contains"), function<set_equivalent>("sets.equivalent"), function<set_intersects>("sets.intersects")};
}

}  // namespace bao::cel
