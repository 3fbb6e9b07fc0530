#include "internal/request_profile/weak_types.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace bao::request_profile {
namespace {

using codec::Json;

base::Error unfit(std::string_view type) {
  return base::invalid("conversion-error: cannot convert value to type '" + std::string(type) + "'");
}

bool is_integer(const std::string& number) { return number.find_first_of(".eE") == std::string::npos; }

base::Result<double> real_of(const std::string& text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) return unfit("float64");
  return number;
}

// Without exponent, as few digits as tell it from its neighbours.
std::string plain_text(double number) {
  std::array<char, 400> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  return std::string(text.data(), end.ptr);
}

// Go's ParseInt with base 0: 0x, 0o, 0b and a leading 0 say the base.
base::Result<int64_t> integer_of(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  int base = 10;
  if (text.size() > 1 && text[0] == '0') {
    const char letter = static_cast<char>(text[1] | 0x20);
    base = letter == 'x' ? 16 : letter == 'b' ? 2 : 8;
    text.remove_prefix(letter == 'x' || letter == 'b' || letter == 'o' ? 2 : 1);
  }
  const std::string digits = (negative ? "-" : "") + std::string(text);
  int64_t number = 0;
  const char* end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, number, base);
  if (text.starts_with('-') || parsed.ec != std::errc() || parsed.ptr != end) return unfit("int");
  return number;
}

base::Result<Json> to_integer(const Json& value) {
  if (value.is_null() || (value.is_string() && value.as_string().empty())) return Json(0);
  if (value.is_bool()) return Json(value.as_bool() ? 1 : 0);
  if (value.is_string()) {
    ASSIGN_OR_RETURN(const int64_t number, integer_of(value.as_string()));
    return Json(number);
  }
  if (!value.is_number()) return unfit("int");
  if (is_integer(value.text())) return value;
  ASSIGN_OR_RETURN(const double number, real_of(value.text()));
  constexpr double kIntegerMax = 9.2e18;
  if (!(std::fabs(number) < kIntegerMax)) return unfit("int");
  return Json(static_cast<int64_t>(number));
}

base::Result<Json> to_real(const Json& value) {
  if (value.is_null() || (value.is_string() && value.as_string().empty())) return Json(0);
  if (value.is_bool()) return Json(value.as_bool() ? 1 : 0);
  if (value.is_number()) return value;
  if (!value.is_string()) return unfit("float64");
  ASSIGN_OR_RETURN(const double number, real_of(value.as_string()));
  if (!std::isfinite(number)) return unfit("float64");
  return Json::number(plain_text(number));
}

base::Result<std::vector<std::string>> to_texts(const Json& value) {
  std::vector<std::string> texts;
  if (value.is_null() || (value.is_object() && value.empty())) return texts;
  if (!value.is_array()) {
    ASSIGN_OR_RETURN(std::string text, to_text(value));
    texts.push_back(std::move(text));
  }
  for (const Json& item : value.items()) {
    ASSIGN_OR_RETURN(std::string text, to_text(item));
    texts.push_back(std::move(text));
  }
  return texts;
}

constexpr std::string_view kTypes[] = {"string", "int", "float64", "bool", "[]string", "map", "map[string]interface{}", "any", "interface{}"};

}  // namespace

base::Result<std::string> to_text(const Json& value) {
  if (value.is_null()) return std::string();
  if (value.is_string()) return value.as_string();
  if (value.is_bool()) return std::string(value.as_bool() ? "1" : "0");
  if (!value.is_number()) return unfit("string");
  if (is_integer(value.text())) return value.text();
  ASSIGN_OR_RETURN(const double number, real_of(value.text()));
  return plain_text(number);
}

base::Result<bool> to_bool(const Json& value) {
  if (value.is_null()) return false;
  if (value.is_bool()) return value.as_bool();
  if (value.is_number()) {
    ASSIGN_OR_RETURN(const double number, real_of(value.text()));
    return number != 0;
  }
  if (!value.is_string()) return unfit("bool");
  const auto is_one_of = [&](std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), value.as_string()) != words.end();
  };
  if (is_one_of({"1", "t", "T", "TRUE", "true", "True"})) return true;
  if (is_one_of({"", "0", "f", "F", "FALSE", "false", "False"})) return false;
  return unfit("bool");
}

base::Result<Json> to_object(const Json& value) {
  if (value.is_object()) return value;
  Json object = Json::object();
  if (value.is_null()) return object;
  if (!value.is_array()) return unfit("map");
  for (const Json& item : value.items()) {
    if (!item.is_object()) return unfit("map");
    for (const auto& [name, member] : item.members()) object.set(name, member);
  }
  return object;
}

base::Result<std::vector<std::pair<std::string, std::string>>> to_headers(const Json& value) {
  ASSIGN_OR_RETURN(const Json object, to_object(value));
  std::vector<std::pair<std::string, std::string>> headers;
  for (const auto& [name, member] : object.members()) {
    ASSIGN_OR_RETURN(const std::vector<std::string> texts, to_texts(member));
    for (const std::string& text : texts) headers.emplace_back(name, text);
  }
  return headers;
}

bool is_eval_type(std::string_view type) { return std::find(std::begin(kTypes), std::end(kTypes), type) != std::end(kTypes); }

base::Result<Json> convert(const Json& value, std::string_view type) {
  if (type == "string") {
    ASSIGN_OR_RETURN(std::string text, to_text(value));
    return Json(std::move(text));
  }
  if (type == "bool") {
    ASSIGN_OR_RETURN(const bool flag, to_bool(value));
    return Json(flag);
  }
  if (type == "int") return to_integer(value);
  if (type == "float64") return to_real(value);
  if (type == "[]string") {
    ASSIGN_OR_RETURN(const std::vector<std::string> texts, to_texts(value));
    return Json::strings(texts);
  }
  return type.starts_with("map") ? to_object(value) : base::Result<Json>(value);
}

}  // namespace bao::request_profile
