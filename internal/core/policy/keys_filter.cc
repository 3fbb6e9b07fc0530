#include "internal/core/policy/keys_filter.h"

#include <algorithm>

namespace bao::core {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const size_t start = text.find_first_not_of(kBlanks);
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(kBlanks) - start + 1);
}

void apply_case(std::string& text, bool upper) {
  for (char& c : text) {
    if (upper && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (!upper && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
}

// ".key | lowercase", `"text"`.
base::Result<std::string> evaluate(std::string_view expression, std::string_view path, std::string_view key) {
  const size_t bar = expression.find('|');
  const std::string_view operand = trimmed(expression.substr(0, bar));
  std::string value;
  if (operand == ".key") value = key;
  else if (operand == ".path") value = path;
  else if (operand.size() >= 2 && operand.front() == '"' && operand.back() == '"' && operand.find('\\') == operand.npos) {
    value = operand.substr(1, operand.size() - 2);
  } else {
    return base::invalid("unable to parse template: unsupported expression \"" + std::string(operand) + "\"");
  }
  for (size_t at = bar; at != std::string_view::npos;) {
    const size_t next = expression.find('|', at + 1);
    const std::string_view function = trimmed(expression.substr(at + 1, next == expression.npos ? next : next - at - 1));
    if (function != "lowercase" && function != "uppercase") {
      return base::invalid("unable to parse template: function \"" + std::string(function) + "\" not supported");
    }
    apply_case(value, function == "uppercase");
    at = next;
  }
  return value;
}

}  // namespace

base::Result<std::string> keys_filter_path(std::string_view filter, std::string_view path, std::string_view key) {
  std::string out;
  while (true) {
    const size_t open = filter.find("{{");
    if (open == std::string_view::npos) return out += filter;
    const size_t close = filter.find("}}", open + 2);
    if (close == std::string_view::npos) return base::invalid("unable to parse template: unclosed action");
    std::string_view before = filter.substr(0, open), inside = filter.substr(open + 2, close - open - 2);
    filter.remove_prefix(close + 2);
    // "{{-" and "-}}" eat the white space beside them.
    if (inside.size() >= 2 && inside.front() == '-' && kBlanks.find(inside[1]) != kBlanks.npos) {
      const size_t end = before.find_last_not_of(kBlanks);
      before = before.substr(0, end == before.npos ? 0 : end + 1);
      inside.remove_prefix(1);
    }
    if (inside.size() >= 2 && inside.back() == '-' && kBlanks.find(inside[inside.size() - 2]) != kBlanks.npos) {
      filter.remove_prefix(std::min(filter.size(), filter.find_first_not_of(kBlanks)));
      inside.remove_suffix(1);
    }
    out += before;
    ASSIGN_OR_RETURN(const std::string value, evaluate(inside, path, key));
    out += value;
  }
}

}  // namespace bao::core
