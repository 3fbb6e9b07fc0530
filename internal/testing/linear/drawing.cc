#include "internal/testing/linear/drawing.h"

#include <algorithm>
#include <map>

#include "internal/testing/linear/history_text.h"

namespace bao::testing::linear {
namespace {

constexpr size_t kColumnsMax = 100;

std::string padded(std::string text, size_t width) {
  text.resize(std::max(width, text.size()), ' ');
  return text;
}

// A column for each time; few if there are many times.
std::map<int64_t, size_t> columns_of(const History& history, const std::vector<size_t>& positions) {
  std::map<int64_t, size_t> columns;
  for (const size_t i : positions) {
    columns[history.operations[i].call_ns] = 0;
    columns[history.operations[i].return_ns] = 0;
  }
  const size_t step = columns.size() * 3 <= kColumnsMax ? 3 : 1;
  size_t column = 0;
  for (auto& [time, at] : columns) at = (column += step) - step;
  return columns;
}

std::string bar(const Operation& o, const std::map<int64_t, size_t>& columns) {
  const size_t begin = columns.at(o.call_ns), end = columns.at(o.return_ns);
  std::string text(begin, ' ');
  if (o.outcome == Outcome::unknown) return text + '[' + std::string(columns.rbegin()->second - begin + 1, '~') + '>';
  if (begin == end) return text + '|';
  return text + '[' + std::string(end - begin - 1, '=') + ']';
}

std::string left_side(const Operation& o) {
  return o.client + (o.node.empty() ? "" : " " + o.node) + (o.index ? " @" + std::to_string(o.index->value) : "");
}

}  // namespace

std::string draw(const History& history, std::vector<size_t> positions, std::optional<size_t> marked) {
  std::stable_sort(positions.begin(), positions.end(), [&](size_t a, size_t b) {
    return history.operations[a].call_ns < history.operations[b].call_ns;
  });
  size_t left = 0, middle = 0;
  for (const size_t i : positions) {
    left = std::max(left, left_side(history.operations[i]).size());
    middle = std::max(middle, describe(history.operations[i]).size());
  }
  const auto columns = columns_of(history, positions);
  std::string text;
  for (const size_t i : positions) {
    const Operation& o = history.operations[i];
    text += (marked == i ? "  > " : "    ") + padded(left_side(o), left) + "  " + padded(describe(o), middle) + "  " +
            bar(o, columns) + '\n';
  }
  return text;
}

}  // namespace bao::testing::linear
