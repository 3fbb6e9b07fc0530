#include "internal/text_template/value.h"

#include <algorithm>
#include <charconv>
#include <map>

namespace bao::text_template {
namespace {

using codec::Json;

double real(const Json& number) {
  double value = 0;
  const std::string& text = number.text();
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

std::string display(const Json& value) {
  if (value.is_string() || value.is_number()) return value.text();
  if (value.is_bool()) return value.as_bool() ? "true" : "false";
  if (value.is_null()) return "<no value>";
  std::string out = value.is_array() ? "[" : "map[";
  const size_t start = out.size();
  for (const Json& item : value.items()) out += (out.size() == start ? "" : " ") + display(item);
  std::map<std::string_view, const Json*> sorted;
  for (const auto& [name, member] : value.members()) sorted[name] = &member;
  for (const auto& [name, member] : sorted) out += (out.size() == start ? "" : " ") + std::string(name) + ":" + display(*member);
  return out + "]";
}

bool is_true(const Json& value) {
  if (value.is_bool()) return value.as_bool();
  if (value.is_number()) return real(value) != 0;
  if (value.is_string()) return !value.text().empty();
  return !value.empty();
}

bool is_equal(const Json& a, const Json& b) { return a.is_number() && b.is_number() ? real(a) == real(b) : a == b; }

base::Result<bool> is_less(const Json& a, const Json& b) {
  if (a.is_number() && b.is_number()) return real(a) < real(b);
  if (a.is_string() && b.is_string()) return a.text() < b.text();
  return base::invalid("incompatible types for comparison");
}

std::string_view type_name(const Json& value) {
  if (value.is_string()) return "string";
  if (value.is_number()) return "float64";
  if (value.is_bool()) return "bool";
  if (value.is_array()) return "[]interface {}";
  return value.is_object() ? "map[string]interface {}" : "nil";
}

}  // namespace bao::text_template
