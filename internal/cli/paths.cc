#include "internal/cli/paths.h"


namespace bao::cli {

std::string trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

std::string without_slashes(std::string_view path) {
  std::string text = trimmed(path);
  while (text.starts_with('/')) text.erase(0, 1);
  text = trimmed(text);
  while (text.ends_with('/')) text.pop_back();
  return text;
}

std::string with_trailing_slash(std::string_view path) {
  std::string text = trimmed(path);
  if (!text.empty() && !text.ends_with('/')) text += '/';
  return text;
}

}  // namespace bao::cli
