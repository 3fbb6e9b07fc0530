// The definition of linearizability, tried out literally: every order of at most eight operations on one key. Shares
// nothing with the search, which it judges. For tests.
#pragma once

#include <vector>

#include "internal/base/ensure.h"
#include "internal/testing/linear/history.h"

namespace bao::testing::linear {

class BruteForce {
 public:
  explicit BruteForce(std::vector<Operation> operations) {
    for (Operation& o : operations) {
      if (o.kind == Kind::local_get || o.outcome == Outcome::refused) continue;
      if (o.kind == Kind::get && o.outcome != Outcome::ok) continue;
      operations_.push_back(std::move(o));
    }
    ENSURE(operations_.size() <= 8, "few enough to try every order");
    taken_.resize(operations_.size());
  }
  bool has_order() { return extend(Value()); }

 private:
  bool is_required(size_t i) const { return operations_[i].outcome != Outcome::unknown; }

  bool is_explained() const {
    for (size_t i = 0; i < operations_.size(); ++i) {
      if (is_required(i) && !taken_[i]) return false;
    }
    return true;
  }

  // Whatever ended before `i` was called must already be in the order.
  bool may_be_next(size_t i) const {
    for (size_t j = 0; j < operations_.size(); ++j) {
      if (!taken_[j] && is_required(j) && operations_[j].return_ns < operations_[i].call_ns) return false;
    }
    return !taken_[i];
  }

  bool extend(const Value& state) {
    if (is_explained()) return true;
    for (size_t i = 0; i < operations_.size(); ++i) {
      if (!may_be_next(i)) continue;
      const Operation& o = operations_[i];
      if (o.kind == Kind::get && o.value != state) continue;
      if (o.kind == Kind::cas && o.outcome == Outcome::ok && o.expected != state) continue;
      if (o.kind == Kind::cas && o.outcome == Outcome::mismatch && o.expected == state) continue;
      const bool keeps = o.kind == Kind::get || o.outcome == Outcome::mismatch || (o.kind == Kind::cas && o.expected != state);
      taken_[i] = true;
      const bool found = extend(keeps ? state : o.value);
      taken_[i] = false;
      if (found) return true;
    }
    return false;
  }

  std::vector<Operation> operations_;
  std::vector<bool> taken_;
};

}  // namespace bao::testing::linear
