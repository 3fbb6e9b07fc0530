// Each stack once, by a number: profiles see the same ones again and again. Bounded. Thread-compatible.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace bao::profiling {

inline constexpr size_t kStacksMax = 16 * 1024;  // of one recording: 12 MiB when each is as deep as can be

class StackTable {
 public:
  // Nothing: it is full, and the stack is new.
  std::optional<uint32_t> number_of(std::span<const uintptr_t> stack) {
    std::vector<uintptr_t> key(stack.begin(), stack.end());
    const auto known = numbers_.find(key);
    if (known != numbers_.end()) return known->second;
    if (stacks_.size() == kStacksMax) return std::nullopt;
    const auto number = static_cast<uint32_t>(stacks_.size());
    stacks_.push_back(&numbers_.emplace(std::move(key), number).first->first);
    return number;
  }
  const std::vector<uintptr_t>& stack(uint32_t number) const { return *stacks_[number]; }
  size_t size() const { return stacks_.size(); }

 private:
  std::map<std::vector<uintptr_t>, uint32_t> numbers_;
  std::vector<const std::vector<uintptr_t>*> stacks_;  // keys of `numbers_`
};

}  // namespace bao::profiling
