// Samples of stacks made into slices of time, thread by thread: from when to when a thread was in a function. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

namespace bao::profiling {

inline constexpr size_t kSlicesMax = 100'000;  // of one time line; what is more is counted alone

struct Slice {
  int thread;
  std::string_view function;
  int64_t from_ns, to_ns;
  bool operator==(const Slice&) const = default;
};

class TimeLine {
 public:
  // A thread that uses a processor without a break has a sample each `period_ns`; after two without any it has rested.
  explicit TimeLine(int64_t period_ns) : period_ns_(period_ns) {}
  // In the order of time. `functions`: outermost first; they outlive the slices. What a sample has in common with the one before goes
  // on; the rest ended, and something else began.
  void add(int thread, int64_t at_ns, const std::vector<std::string_view>& functions);
  // Everything that was still open ends.
  std::vector<Slice> finish();
  uint64_t left_out() const { return left_out_; }

 private:
  struct Open {
    std::string_view function;
    int64_t from_ns;
  };
  struct Line {
    std::vector<Open> open;  // outermost first
    int64_t last_ns = 0;
  };
  void end_from(int thread, Line& line, size_t depth, int64_t at_ns);

  const int64_t period_ns_;
  std::map<int, Line> lines_;  // by thread
  std::vector<Slice> ended_;
  uint64_t left_out_ = 0;
};

}  // namespace bao::profiling
