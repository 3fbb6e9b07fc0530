// Counters and gauges by name, one registry a process. Thread-safe; a Counter& stays valid for ever.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bao::base {

class Counter {
 public:
  void add(int64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  void set(int64_t n) { value_.store(n, std::memory_order_relaxed); }
  int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> value_{0};
};

// The counter of that name ("storage.batches"), made on first use. Keep the reference on hot paths.
Counter& counter(std::string_view name);

struct Sample {
  std::string name;
  int64_t value;
};
// All counters, sorted by name.
std::vector<Sample> metric_samples();

}  // namespace bao::base
