#include "internal/cel/syntax_error.h"

#include <algorithm>

namespace bao::cel {

base::Error error_at(std::string_view source, size_t offset, std::string_view message) {
  offset = std::min(offset, source.size());
  const std::string_view before = source.substr(0, offset);
  const size_t newline = before.rfind('\n');
  const size_t line_start = newline == std::string_view::npos ? 0 : newline + 1;
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  size_t column = 0;  // in characters
  for (const char c : source.substr(line_start, offset - line_start)) column += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  const std::string_view text = source.substr(line_start, source.find('\n', line_start) - line_start);
  return base::invalid("ERROR: <input>:" + std::to_string(line) + ":" + std::to_string(column + 1) + ": " + std::string(message) +
                       "\n | " + std::string(text) + "\n | " + std::string(column, '.') + "^");
}

}  // namespace bao::cel
