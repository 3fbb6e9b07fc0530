// Counters and gauges by name, one registry a process. Thread-safe; a Counter& stays valid for ever. A name may end in labels:
// "forward.requests{kind=read,result=answered}"; they are few and fixed, never what a client or an operator chose.
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
  // These make it a gauge: a value that may fall again.
  void set(int64_t n) {
    gauge_.store(true, std::memory_order_relaxed);
    value_.store(n, std::memory_order_relaxed);
  }
  void change(int64_t by) {
    gauge_.store(true, std::memory_order_relaxed);
    value_.fetch_add(by, std::memory_order_relaxed);
  }
  int64_t value() const { return value_.load(std::memory_order_relaxed); }
  bool is_gauge() const { return gauge_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> value_{0};
  std::atomic<bool> gauge_{false};
};

// The counter of that name ("storage.batches"), made on first use. Keep the reference on hot paths.
Counter& counter(std::string_view name);

struct Sample {
  std::string name;
  int64_t value;
  bool gauge;
};
// All counters, sorted by name.
std::vector<Sample> metric_samples();

}  // namespace bao::base
