#include "internal/cel/format.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "internal/cel/text.h"
#include "internal/codec/encoding.h"

namespace bao::cel {
namespace {

using Text = base::Result<std::string>;
constexpr int kPrecisionDefault = 6, kPrecisionMax = 1000;

base::Error unfit(char clause, const Value& value) {
  return base::invalid(std::string("error during formatting: %") + clause + " clause cannot be used on " + value.type_name());
}

Text shown(Budget& budget, const Value& value);

Text shown_list(Budget& budget, const List& list) {
  std::string text = "[";
  for (const Value& item : list.items) {
    ASSIGN_OR_RETURN(const std::string part, shown(budget, item));
    text += (text.size() > 1 ? ", " : "") + part;
  }
  return text + "]";
}

Text shown_map(Budget& budget, const Map& map) {
  std::vector<std::string> parts;
  for (const auto& [key, value] : map.entries) {
    ASSIGN_OR_RETURN(const std::string part, shown(budget, value));
    parts.push_back(display_text(key) + ": " + part);
  }
  std::sort(parts.begin(), parts.end());
  std::string text = "{";
  for (const std::string& part : parts) text += (text.size() > 1 ? ", " : "") + part;
  return text + "}";
}

Text shown(Budget& budget, const Value& value) {
  TRY(budget.spend(1));
  if (value.as_message() != nullptr || value.is(Value::Kind::optional)) return unfit('s', value);
  if (const List* list = value.as_list()) return shown_list(budget, *list);
  if (const Map* map = value.as_map()) return shown_map(budget, *map);
  const std::string text = display_text(value);
  TRY(budget.spend(text.size()));
  if (const double* number = value.as<double>(); number != nullptr && std::isinf(*number)) return std::string(*number > 0 ? "Infinity" : "-Infinity");
  return text;
}

template <typename T>
std::string in_radix(T number, int radix) {
  char text[72];
  return {text, std::to_chars(text, text + sizeof text, number, radix).ptr};
}

Text whole_number(char clause, const Value& value, int radix) {
  if (const int64_t* number = value.as<int64_t>()) return in_radix(*number, radix);
  if (const uint64_t* number = value.as<uint64_t>()) return in_radix(*number, radix);
  if (const bool* flag = value.as<bool>(); flag != nullptr && clause == 'b') return std::string(*flag ? "1" : "0");
  return unfit(clause, value);
}

Text hexadecimal(char clause, const Value& value) {
  std::string text;
  if (const std::string* given = value.as<std::string>()) {
    text = codec::to_hex(*given);
  } else if (const Bytes* bytes = value.as<Bytes>()) {
    text = codec::to_hex(bytes->bytes);
  } else {
    ASSIGN_OR_RETURN(text, whole_number(clause, value, 16));
  }
  if (clause == 'X') std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 32) : c; });
  return text;
}

Text real_number(char clause, const Value& value, int precision) {
  double number = 0;
  if (const double* given = value.as<double>()) {
    number = *given;
  } else if (const int64_t* whole = value.as<int64_t>()) {
    number = static_cast<double>(*whole);
  } else if (const uint64_t* natural = value.as<uint64_t>()) {
    number = static_cast<double>(*natural);
  } else {
    return unfit(clause, value);
  }
  if (std::isnan(number)) return std::string("NaN");
  if (std::isinf(number)) return std::string(number > 0 ? "Infinity" : "-Infinity");
  std::string text(static_cast<size_t>(precision) + 350, '\0');
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number, clause == 'f' ? std::chars_format::fixed : std::chars_format::scientific,
                                 precision);
  text.resize(static_cast<size_t>(end.ptr - text.data()));
  return text;
}

Text formatted(Budget& budget, char clause, int precision, const Value& value) {
  switch (clause) {
    case 's': return shown(budget, value);
    case 'd': return value.is(Value::Kind::floating) ? shown(budget, value) : whole_number(clause, value, 10);
    case 'b': return whole_number(clause, value, 2);
    case 'o': return whole_number(clause, value, 8);
    case 'x':
    case 'X': return hexadecimal(clause, value);
    case 'f':
    case 'e': return real_number(clause, value, precision);
    default: return base::invalid(std::string("could not parse formatting clause: unrecognized formatting clause \"") + clause + "\"");
  }
}

}  // namespace

Outcome format_text(Budget& budget, const std::string& text, const List& arguments) {
  std::string out;
  size_t next = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      out += text[at];
      continue;
    }
    if (++at < text.size() && text[at] == '%') {
      out += '%';
      continue;
    }
    int precision = kPrecisionDefault;
    if (at < text.size() && text[at] == '.') {
      const auto end = std::from_chars(text.data() + at + 1, text.data() + text.size(), precision);
      if (end.ec != std::errc() || precision < 0 || precision > kPrecisionMax) return base::invalid("error while converting precision to integer");
      at = static_cast<size_t>(end.ptr - text.data());
    }
    if (at >= text.size()) return base::invalid("unexpected end of string");
    if (next >= arguments.items.size()) return base::invalid("index " + std::to_string(next) + " out of range");
    ASSIGN_OR_RETURN(const std::string part, formatted(budget, text[at], precision, arguments.items[next++]));
    TRY(budget.spend(part.size()));
    out += part;
  }
  return Value(out);
}

}  // namespace bao::cel
