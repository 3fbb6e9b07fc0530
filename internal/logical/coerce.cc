// How one value is read as a field's type: the weak decoding of the reference (openbao-api.md 1.4), errors worded alike.
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <limits>

#include "internal/base/letters.h"
#include "internal/base/time_format.h"
#include "internal/logical/field.h"

namespace bao::logical {
namespace {

using base::Result;
using codec::Json;
using Kind = Json::Kind;

std::string_view go_type(const Json& value) {
  switch (value.kind()) {
    case Kind::null: return "<nil>";
    case Kind::boolean: return "bool";
    case Kind::number: return "json.Number";
    case Kind::string: return "string";
    case Kind::array: return "[]interface {}";
    default: return "map[string]interface {}";
  }
}

base::Error unconvertible(std::string_view where, std::string_view expected, const Json& value) {
  return base::invalid("'" + std::string(where) + "' expected type '" + std::string(expected) +
                       "', got unconvertible type '" + std::string(go_type(value)) + "'");
}

base::Error unparsable(std::string_view where, std::string_view expected, std::string_view why) {
  return base::invalid("'" + std::string(where) + "' cannot parse value as '" + std::string(expected) + "': " +
                       std::string(why));
}

std::string item_name(std::string_view where, size_t index) {
  return std::string(where) + "[" + std::to_string(index) + "]";
}

bool is_text(const Json& value) { return value.is_string() || value.is_number(); }

std::string_view trimmed(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> split_commas(std::string_view text) {
  std::vector<std::string_view> parts;
  if (text.empty()) return parts;
  while (true) {
    const size_t comma = text.find(',');
    parts.push_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

Result<std::string> text_of(const Json& value, std::string_view where) {
  if (value.is_null()) return std::string();
  if (value.is_bool()) return std::string(value.as_bool() ? "1" : "0");
  if (is_text(value)) return value.text();
  return unconvertible(where, "string", value);
}

// Prefix of a number as Go reads it with base 0; moves past it.
int base_of(std::string_view& digits) {
  if (digits.size() < 2 || digits[0] != '0') return 10;
  const char mark = static_cast<char>(digits[1] | 0x20);
  const int base = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
  digits.remove_prefix(mark == 'x' || mark == 'b' || mark == 'o' ? 2 : 1);
  return base;
}

// Go's strconv.ParseInt(text, 0, 64). Error: why not.
Result<int64_t> parse_integer(std::string_view text) {
  const auto syntax = [] { return base::invalid("strconv.ParseInt: invalid syntax"); };
  std::string_view digits = text;
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.remove_prefix(1);
  const int base = base_of(digits);
  std::string plain(digits);
  if (base != 10) std::erase(plain, '_');
  uint64_t number = 0;
  const auto end = plain.data() + plain.size();
  const auto read = std::from_chars(plain.data(), end, number, base);
  if (read.ec == std::errc::invalid_argument || read.ptr != end) return syntax();
  const uint64_t bound = static_cast<uint64_t>(INT64_MAX) + (negative ? 1 : 0);
  if (read.ec != std::errc() || number > bound) return base::invalid("strconv.ParseInt: value out of range");
  return static_cast<int64_t>(negative ? 0 - number : number);
}

Result<int64_t> integer_of(const Json& value, std::string_view where) {
  if (value.is_null()) return int64_t{0};
  if (value.is_bool()) return int64_t{value.as_bool() ? 1 : 0};
  if (!is_text(value)) return unconvertible(where, "int", value);
  if (value.text().empty()) return int64_t{0};
  const auto number = parse_integer(value.text());
  if (!number.ok()) return unparsable(where, "int", number.error().message());
  return *number;
}

Result<Json> boolean_of(const Json& value) {
  if (value.is_null()) return Json(false);
  if (value.is_bool()) return value;
  if (!is_text(value)) return unconvertible("", "bool", value);
  const std::string& text = value.text();
  for (const auto* yes : {"1", "t", "T", "true", "TRUE", "True"}) if (text == yes) return Json(true);
  for (const auto* no : {"", "0", "f", "F", "false", "FALSE", "False"}) if (text == no) return Json(false);
  return unparsable("", "bool", "strconv.ParseBool: invalid syntax");
}

Result<Json> floating_of(const Json& value) {
  if (value.is_null()) return Json(0);
  if (value.is_bool()) return Json(value.as_bool() ? 1 : 0);
  if (!is_text(value)) return unconvertible("", "float64", value);
  std::string text = value.text().empty() ? "0" : value.text();
  if (text.front() == '+') text.erase(0, 1);
  double number = 0;
  const auto end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ptr != end || read.ec == std::errc::invalid_argument) {
    return unparsable("", "float64", "strconv.ParseFloat: invalid syntax");
  }
  if (read.ec != std::errc()) return unparsable("", "float64", "strconv.ParseFloat: value out of range");
  return Json::number(std::move(text));
}

Result<Json> name_of(const Json& value) {
  ASSIGN_OR_RETURN(const std::string text, text_of(value, ""));
  const auto is_word = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; };
  const auto fits = [&](char c) { return is_word(c) || c == '-' || c == '.'; };
  const bool ok = !text.empty() && is_word(text.front()) && is_word(text.back()) && std::all_of(text.begin(), text.end(), fits);
  if (!ok) return base::invalid("field does not match the formatting rules");
  return Json(text);
}

// Seconds of a text that isn't empty.
Result<base::Duration> parse_duration(std::string_view text) {
  if (text.back() == 'd') {
    const std::string_view days = text.substr(0, text.size() - 1);
    const bool plain = !days.empty() && days.find_first_not_of("0123456789", days.front() == '-' || days.front() == '+') == days.npos;
    if (!plain) return base::invalid("strconv.ParseInt: parsing \"" + std::string(days) + "\": invalid syntax");
  }
  return base::parse_api_duration(text);
}

Result<Json> duration_of(const Json& value, bool negative_allowed) {
  if (!is_text(value)) return base::invalid("could not parse duration from input");
  if (value.text().empty()) return Json(0);
  ASSIGN_OR_RETURN(const base::Duration duration, parse_duration(value.text()));
  const int64_t seconds = base::whole_seconds(duration);
  if (seconds < 0 && !negative_allowed) {
    return base::invalid("cannot provide negative value '" + std::to_string(seconds) + "'");
  }
  return Json(seconds);
}

Result<Json> time_of(const Json& value) {
  if (!is_text(value)) return base::invalid("could not parse time from input type");
  if (value.is_string()) {
    const auto time = base::parse_rfc3339(value.text());
    if (time.ok()) return Json(base::format_rfc3339(*time));
  }
  int64_t seconds = 0;
  const std::string& text = value.text();
  const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
  constexpr int64_t kSecondsMax = std::numeric_limits<int64_t>::max() / 1'000'000'000;
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || seconds > kSecondsMax || seconds < -kSecondsMax) {
    return base::invalid("could not parse string as date and time");
  }
  return Json(base::format_rfc3339(base::Time(base::seconds(seconds))));
}

Result<Json> map_of(const Json& value, std::string_view where) {
  if (value.is_null()) return Json::object();
  if (value.is_object()) return value;
  if (!value.is_array()) return unconvertible(where, "map[string]interface {}", value);
  Json merged = Json::object();
  for (size_t i = 0; i < value.items().size(); ++i) {
    ASSIGN_OR_RETURN(const Json item, map_of(value.items()[i], item_name(where, i)));
    for (const auto& [name, member] : item.members()) merged.set(name, member);
  }
  return merged;
}

// Anything as a list: what is no list becomes one of one item.
std::vector<Json> lifted(const Json& value) {
  if (value.is_array()) return value.items();
  if (value.is_null() || (value.is_object() && value.empty())) return {};
  return {value};
}

base::Error joined(const std::vector<std::string>& errors) {
  std::string text = "decoding failed due to the following error(s):\n";
  for (const std::string& error : errors) text += "\n" + error;
  return base::invalid(text);
}

Result<std::vector<std::string>> texts_of(const Json& value) {
  std::vector<std::string> texts, errors;
  const std::vector<Json> items = lifted(value);
  for (size_t i = 0; i < items.size(); ++i) {
    auto text = text_of(items[i], item_name("", i));
    if (text.ok()) texts.push_back(std::move(*text));
    else errors.push_back(text.error().message());
  }
  if (!errors.empty()) return joined(errors);
  return texts;
}

Result<Json> string_list_of(const Json& value) {
  if (value.is_string() && value.text().empty()) return Json::array();
  ASSIGN_OR_RETURN(const auto texts, texts_of(value));
  Json list = Json::array();
  for (const std::string& text : texts) list.push_back(trimmed(text));
  return list;
}

Result<Json> comma_list_of(const Json& value) {
  if (!is_text(value)) return string_list_of(value);
  Json list = Json::array();
  for (const std::string_view part : split_commas(value.text())) list.push_back(trimmed(part));
  return list;
}

Result<Json> comma_int_list_of(const Json& value) {
  std::vector<Json> items;
  if (is_text(value)) {
    for (const std::string_view part : split_commas(value.text())) items.emplace_back(part);
  } else {
    items = lifted(value);
  }
  Json list = Json::array();
  std::vector<std::string> errors;
  for (size_t i = 0; i < items.size(); ++i) {
    const auto number = integer_of(items[i], item_name("", i));
    if (number.ok()) list.push_back(*number);
    else errors.push_back(number.error().message());
  }
  if (!errors.empty()) return joined(errors);
  return list;
}

Result<Json> pairs_of_map(const Json& value) {
  ASSIGN_OR_RETURN(const Json map, map_of(value, ""));
  Json pairs = Json::object();
  for (const auto& [name, member] : map.members()) {
    ASSIGN_OR_RETURN(std::string text, text_of(member, ""));
    pairs.set(name, std::move(text));
  }
  return pairs;
}

// Null stays null, so that what keeps pairs can keep that there are none.
Result<Json> pairs_of(const Json& value) {
  if (value.is_null()) return value;
  auto map = pairs_of_map(value);
  if (map.ok()) return map;
  ASSIGN_OR_RETURN(const auto texts, texts_of(value));
  Json pairs = Json::object();
  for (const std::string& text : texts) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      std::string quoted;
      codec::write_json_string_to(quoted, text);
      return base::invalid("invalid key pair " + quoted);
    }
    pairs.set(text.substr(0, equals), text.substr(equals + 1));
  }
  return pairs;
}

template <typename T>
Result<Json> as_json(Result<T> value) {
  if (!value.ok()) return value.error();
  return Json(std::move(*value));
}

}  // namespace

Result<Json> coerce(FieldType type, const Json& value) {
  switch (type) {
    case FieldType::string: return as_json(text_of(value, ""));
    case FieldType::lower_string: {
      ASSIGN_OR_RETURN(std::string text, text_of(value, ""));
      return Json(base::lower_case(text));
    }
    case FieldType::name_string: return name_of(value);
    case FieldType::boolean: return boolean_of(value);
    case FieldType::integer: return as_json(integer_of(value, ""));
    case FieldType::floating: return floating_of(value);
    case FieldType::duration: return duration_of(value, false);
    case FieldType::signed_duration: return duration_of(value, true);
    case FieldType::map: return map_of(value, "");
    case FieldType::pairs: return pairs_of(value);
    case FieldType::list: return Json::array(lifted(value));
    case FieldType::string_list: return string_list_of(value);
    case FieldType::comma_list: return comma_list_of(value);
    case FieldType::comma_int_list: return comma_int_list_of(value);
    case FieldType::time: return time_of(value);
  }
  return base::internal("a field type without rules");
}

}  // namespace bao::logical
