// A small seeded generator (PCG-XSH-RR 64/32, O'Neill 2014), for timeouts: the same seed gives the same numbers everywhere.
#pragma once

#include <cstdint>

namespace bao::raft {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed + kIncrement) { next(); }
  uint32_t next() {
    const uint64_t old = state_;
    state_ = old * 6364136223846793005u + kIncrement;
    const auto shifted = static_cast<uint32_t>(((old >> 18) ^ old) >> 27);
    const auto turn = static_cast<uint32_t>(old >> 59);
    return (shifted >> turn) | (shifted << ((32 - turn) & 31));
  }
  uint64_t next_u64() { return uint64_t{next()} << 32 | next(); }
  // [0, bound)
  uint32_t below(uint32_t bound) { return static_cast<uint32_t>(uint64_t{next()} * bound >> 32); }

 private:
  static constexpr uint64_t kIncrement = 1442695040888963407u;
  uint64_t state_;
};

}  // namespace bao::raft
