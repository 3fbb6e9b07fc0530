// The world's dice: a small seeded generator (xorshift128+ over a splitmix seed), so that a seed means the same run on
// every machine. Plain values.
#pragma once

#include <cmath>
#include <cstdint>

namespace bao::raft::sim {

// Simulated microseconds since the world began.
using Time = uint64_t;

// Mixes two numbers; also the hash of chains, states and traces.
inline uint64_t mix(uint64_t a, uint64_t b) {
  uint64_t x = a ^ (b + 0x9e3779b97f4a7c15ULL + (a << 6) + (a >> 2));
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

class Random {
 public:
  explicit Random(uint64_t seed) : a_(mix(seed, 1)), b_(mix(seed, 2) | 1) {}
  uint64_t next() {
    uint64_t x = a_;
    const uint64_t y = b_;
    a_ = y;
    x ^= x << 23;
    b_ = x ^ y ^ (x >> 17) ^ (y >> 26);
    return b_ + y;
  }
  // In [0, n); n > 0.
  uint64_t below(uint64_t n) { return next() % n; }
  // In [low, high].
  uint64_t between(uint64_t low, uint64_t high) { return low + below(high - low + 1); }
  bool chance(double p) { return p > 0 && static_cast<double>(next() >> 11) * 0x1.0p-53 < p; }
  // With this mean, cut at twenty times it.
  Time exponential(Time mean) {
    const double u = (static_cast<double>(next() >> 11) + 1) * 0x1.0p-53;
    return static_cast<Time>(static_cast<double>(mean) * std::fmin(-std::log(u), 20.0));
  }

 private:
  uint64_t a_, b_;
};

}  // namespace bao::raft::sim
