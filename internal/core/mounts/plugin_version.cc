#include "internal/core/mounts/plugin_version.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <vector>

namespace bao::core {
namespace {

std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  for (size_t dot = text.find('.'); dot != std::string_view::npos; dot = text.find('.')) {
    parts.push_back(text.substr(0, dot));
    text.remove_prefix(dot + 1);
  }
  parts.push_back(text);
  return parts;
}

// "rc.1", "builtin.bao"
bool is_label(std::string_view text) {
  return std::ranges::all_of(parts_of(text), [](std::string_view part) {
    return !part.empty() && std::ranges::all_of(part, [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '~'; });
  });
}

// "1.2" -> "1.2.0"; "" for what is none.
std::string three_numbers(std::string_view text) {
  std::vector<std::string_view> parts = parts_of(text);
  while (parts.size() < 3) parts.emplace_back("0");
  std::string out;
  for (const std::string_view part : parts) {
    int64_t number = 0;
    const auto read = std::from_chars(part.data(), part.data() + part.size(), number);
    if (read.ec != std::errc() || read.ptr != part.data() + part.size()) return "";
    out += (out.empty() ? "" : ".") + std::to_string(number);
  }
  return out;
}

}  // namespace

std::string builtin_version(std::string_view server_version) {
  return server_version.empty() ? "" : "v" + std::string(server_version) + "+builtin.bao";
}

base::Result<std::string> canonical_version(std::string_view text) {
  const base::Error malformed = base::invalid("version \"" + std::string(text) +
                                              "\" is not a valid semantic version: malformed version: " + std::string(text));
  std::string_view rest = text;
  if (rest.starts_with('v')) rest.remove_prefix(1);
  std::string metadata;
  if (const size_t plus = rest.find('+'); plus != std::string_view::npos) {
    metadata = rest.substr(plus);
    rest = rest.substr(0, plus);
    if (!is_label(std::string_view(metadata).substr(1))) return malformed;
  }
  const size_t end = std::min(rest.find_first_not_of("0123456789."), rest.size());
  const std::string numbers = three_numbers(rest.substr(0, end));
  std::string_view label = rest.substr(end);
  if (label.starts_with('-')) label.remove_prefix(1);
  if (numbers.empty() || (end < rest.size() && !is_label(label))) return malformed;
  return "v" + numbers + (label.empty() ? "" : "-" + std::string(label)) + metadata;
}

}  // namespace bao::core
