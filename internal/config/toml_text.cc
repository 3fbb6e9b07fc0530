#include "internal/config/toml_text.h"

#include <algorithm>

namespace bao::config {
namespace {

// Behind the string that begins at `at`; a string that is broken ends with its line, where toml++ refuses it.
size_t behind_string(std::string_view text, size_t at) {
  const char quote = text[at];
  const bool multi_line = at + 2 < text.size() && text[at + 1] == quote && text[at + 2] == quote;
  size_t i = at + (multi_line ? 3 : 1);
  for (; i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (!multi_line && (text[i] == quote || text[i] == '\n')) {
      return i + (text[i] == quote ? 1 : 0);
    } else if (multi_line && text.substr(i, 3) == text.substr(at, 3)) {
      i += 3;
      for (int more = 0; more < 2 && i < text.size() && text[i] == quote; ++more) ++i;  // two quotes may stand before
      return i;
    }
  }
  return text.size();
}

}  // namespace

std::optional<std::pair<int, int>> non_ascii_outside_strings(std::string_view toml) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  for (size_t i = toml.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0; i < toml.size();) {
    if (toml[i] == '#') {
      i = std::min(toml.find('\n', i), toml.size());
    } else if (toml[i] == '"' || toml[i] == '\'') {
      i = behind_string(toml, i);
    } else if (static_cast<unsigned char>(toml[i]) >= 0x80) {
      const std::string_view before = toml.substr(0, i);
      const size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
      const auto lines = std::count(before.begin(), before.end(), '\n');
      return std::pair(static_cast<int>(lines) + 1, static_cast<int>(i - line_start) + 1);
    } else {
      ++i;
    }
  }
  return std::nullopt;
}

}  // namespace bao::config
