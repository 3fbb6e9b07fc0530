#include "internal/profiling/time_line.h"

#include <algorithm>
#include <utility>

namespace bao::profiling {

void TimeLine::add(int thread, int64_t at_ns, const std::vector<std::string_view>& functions) {
  Line& line = lines_[thread];
  if (at_ns - line.last_ns > 2 * period_ns_) end_from(thread, line, 0, line.last_ns + period_ns_);
  const auto goes_on = std::mismatch(line.open.begin(), line.open.end(), functions.begin(), functions.end(),
                                     [](const Open& open, std::string_view function) { return open.function == function; });
  end_from(thread, line, static_cast<size_t>(goes_on.first - line.open.begin()), at_ns);
  for (size_t i = line.open.size(); i < functions.size(); ++i) line.open.push_back({functions[i], at_ns});
  line.last_ns = at_ns;
}

void TimeLine::end_from(int thread, Line& line, size_t depth, int64_t at_ns) {
  for (; line.open.size() > depth; line.open.pop_back()) {
    if (ended_.size() == kSlicesMax) ++left_out_;
    else ended_.push_back({thread, line.open.back().function, line.open.back().from_ns, at_ns});
  }
}

std::vector<Slice> TimeLine::finish() {
  for (auto& [thread, line] : lines_) end_from(thread, line, 0, line.last_ns + period_ns_);
  return std::move(ended_);
}

}  // namespace bao::profiling
