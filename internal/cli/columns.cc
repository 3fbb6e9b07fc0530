#include "internal/cli/columns.h"

#include <algorithm>

namespace bao::cli {
namespace {

std::string trimmed(const std::string& text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return "n/a";
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

}  // namespace

size_t columns_of(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string align(std::vector<Row> rows, std::string_view gap) {
  std::vector<size_t> widths;
  for (Row& row : rows) {
    if (row.size() > widths.size()) widths.resize(row.size());
    for (size_t i = 0; i < row.size(); ++i) {
      row[i] = trimmed(row[i]);
      widths[i] = std::max(widths[i], columns_of(row[i]));
    }
  }
  std::string out;
  for (const Row& row : rows) {
    if (&row != &rows.front()) out += '\n';
    for (size_t i = 0; i < row.size(); ++i) {
      out += row[i];
      if (i + 1 < row.size()) out.append(widths[i] - columns_of(row[i]), ' ').append(gap);
    }
  }
  return out;
}

std::string table(const std::vector<Row>& rows, std::string_view gap) {
  if (rows.empty()) return "";
  std::vector<Row> all = rows;
  Row rule;
  for (const std::string& cell : rows.front()) rule.emplace_back(cell.size(), '-');
  all.insert(all.begin() + 1, rule);
  return align(std::move(all), gap);
}

}  // namespace bao::cli
