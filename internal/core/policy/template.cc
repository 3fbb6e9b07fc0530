#include "internal/core/policy/template.h"

#include "internal/base/time_format.h"

namespace bao::core {
namespace {

constexpr std::string_view kUnbalanced = "unbalanced templating characters";
constexpr std::string_view kNotFound = "no value could be found for one of the template directives";

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// "now", "now.plus.1h", "now.minus.1h" as seconds since 1970.
base::Result<std::string> time_value(std::string_view selector, base::Time now) {
  if (selector == "now") return std::to_string(base::unix_seconds(now));
  const bool plus = take_prefix(selector, "now.plus.");
  if (!plus && !take_prefix(selector, "now.minus.")) return base::invalid("invalid time selector");
  ASSIGN_OR_RETURN(const base::Duration by, base::parse_api_duration(selector));
  return std::to_string(base::unix_seconds(plus ? now + by : now - by));
}

base::Result<std::string> value_of(std::string_view directive, const TemplateValues& values, base::Time now) {
  if (take_prefix(directive, "time.")) return time_value(directive, now);
  if (take_prefix(directive, "identity.entity.")) {
    if (values.entity_id.empty()) {
      return base::invalid("string contains entity template directives but no entity was provided");
    }
    if (directive == "id") return values.entity_id;
  }
  return base::invalid(std::string(kNotFound));
}

base::Status check_value(std::string_view value, const TemplateRules& rules) {
  for (const char c : value) {
    const bool blocked = c == '/' ? !rules.allow_slashes : (c == '*' || c == '+') && !rules.allow_wildcards;
    if (blocked) return base::invalid(std::string("template substitution contains forbidden value \"") + c + "\"");
  }
  return {};
}

// Calls `text` for what stands between templates and `directive` for what stands in them.
template <typename Text, typename Directive>
base::Status walk(std::string_view path, Text text, Directive directive) {
  size_t at = path.find("{{");
  const std::string_view head = path.substr(0, at);
  if (head.find("}}") != std::string_view::npos) return base::invalid(std::string(kUnbalanced));
  text(head);
  while (at != std::string_view::npos) {
    const size_t next = path.find("{{", at + 2);
    const std::string_view piece = path.substr(at + 2, next == std::string_view::npos ? next : next - at - 2);
    const size_t end = piece.find("}}");
    if (end == std::string_view::npos || piece.find("}}", end + 2) != std::string_view::npos) {
      return base::invalid(std::string(kUnbalanced));
    }
    TRY(directive(trimmed(piece.substr(0, end))));
    text(piece.substr(end + 2));
    at = next;
  }
  return {};
}

}  // namespace

base::Result<bool> is_templated(std::string_view path) {
  bool found = false;
  const auto note = [&found](std::string_view) -> base::Status {
    found = true;
    return {};
  };
  TRY(walk(path, [](std::string_view) {}, note));
  return found;
}

base::Result<std::string> fill_template(std::string_view path, const TemplateValues& values, const TemplateRules& rules,
                                        base::Time now) {
  std::string filled;
  const auto fill = [&](std::string_view directive) -> base::Status {
    ASSIGN_OR_RETURN(const std::string value, value_of(directive, values, now));
    TRY(check_value(value, rules));
    filled += value;
    return {};
  };
  TRY(walk(path, [&filled](std::string_view text) { filled += text; }, fill));
  return filled;
}

}  // namespace bao::core
