#include "internal/cel/text.h"

#include <charconv>
#include <cmath>

#include "internal/cel/time.h"
#include "internal/codec/encoding.h"

namespace bao::cel {

std::string double_text(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "+Inf" : "-Inf";
  char text[64];
  const auto scientific = std::to_chars(text, text + sizeof text, number, std::chars_format::scientific);
  const std::string_view shown(text, static_cast<size_t>(scientific.ptr - text));
  const std::string_view exponent_text = shown.substr(shown.find('e') + 1);
  int exponent = 0;
  const size_t sign = exponent_text[0] == '+' ? 1 : 0;
  std::from_chars(exponent_text.data() + sign, exponent_text.data() + exponent_text.size(), exponent);
  if (exponent < -4 || exponent >= 6) return std::string(shown);
  const auto fixed = std::to_chars(text, text + sizeof text, number, std::chars_format::fixed);
  return {text, fixed.ptr};
}

std::string display_text(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::null: return "null";
    case Value::Kind::boolean: return *value.as<bool>() ? "true" : "false";
    case Value::Kind::integer: return std::to_string(*value.as<int64_t>());
    case Value::Kind::unsigned_integer: return std::to_string(*value.as<uint64_t>());
    case Value::Kind::floating: return double_text(*value.as<double>());
    case Value::Kind::string: return *value.as<std::string>();
    case Value::Kind::bytes: return value.as<Bytes>()->bytes;
    case Value::Kind::timestamp: return text_of(*value.as<Timestamp>());
    case Value::Kind::duration: return text_of(*value.as<Duration>());
    case Value::Kind::type: return value.as<Type>()->name;
    default: return value.type_name();
  }
}

std::string quoted(std::string_view text) {
  static constexpr std::string_view kNamed = "\a\b\f\n\r\t\v\\\"", kNames = "abfnrtv\\\"";
  std::string out = "\"";
  for (const char c : codec::valid_utf8(text)) {
    if (const size_t found = kNamed.find(c); found != std::string_view::npos) {
      out += {'\\', kNames[found]};
    } else {
      out += c;
    }
  }
  return out + "\"";
}

}  // namespace bao::cel
