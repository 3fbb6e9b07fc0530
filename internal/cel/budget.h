// What one evaluation may still spend: steps, and bytes and elements made. A program that would run for ever, or double a list again
// and again, ends with an error instead.
#pragma once

#include "internal/base/result.h"
#include "internal/cel/limits.h"
#include "internal/cel/value.h"

namespace bao::cel {

class Budget {
 public:
  explicit Budget(uint64_t cost_max = kCostMax) : left_(cost_max) {}
  // Errors: exhausted, which operators don't absorb.
  base::Status spend(uint64_t cost) {
    if (cost > left_) return exceeded("operation cancelled: actual cost limit exceeded");
    left_ -= cost;
    return {};
  }
  // For a value just made: its bytes or elements are paid for, its depth is looked at.
  base::Result<Value> pay_for(Value value) {
    if (value.depth() > kValueDepthMax) return exceeded("value is nested too deeply");
    if (const std::string* text = value.as<std::string>()) TRY(spend(text->size()));
    if (const Bytes* bytes = value.as<Bytes>()) TRY(spend(bytes->bytes.size()));
    if (const List* list = value.as_list()) TRY(spend(list->items.size()));
    if (const Map* map = value.as_map()) TRY(spend(map->entries.size()));
    return value;
  }
  static base::Error exceeded(std::string message) { return {base::Code::exhausted, std::move(message)}; }

 private:
  uint64_t left_;
};

// Whether && and || pass over an error of one side.
inline bool is_absorbed(const base::Error& error) { return error.code() == base::Code::invalid; }

}  // namespace bao::cel
