// What && and || are worth, and their like over lists: all and exists. Thread-compatible.
#pragma once

#include <optional>

#include "internal/cel/budget.h"
#include "internal/cel/function.h"
#include "internal/cel/member.h"
#include "internal/cel/value.h"

namespace bao::cel {

// `decisive` ends it; an error counts only if nothing is decisive.
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

}  // namespace bao::cel
