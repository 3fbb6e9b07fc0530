#include "internal/config/convert.h"

#include <charconv>

#include "internal/base/time_format.h"

namespace bao::config {
namespace {

using codec::HclItem;
using codec::HclValue;
using codec::Json;

bool is_scalar(const HclValue& value) { return value.kind == HclValue::Kind::scalar; }

std::string_view go_kind(const HclValue& value) {
  return is_scalar(value) ? "*ast.LiteralType" : value.kind == HclValue::Kind::list ? "*ast.ListType" : "*ast.ObjectList";
}

// How mapstructure names what it cannot take.
std::string_view go_type(const HclValue& value) {
  return value.kind == HclValue::Kind::list ? "[]interface {}" : "[]map[string]interface {}";
}

bool is_real(const Json& number) { return number.text().find_first_of(".e") != std::string::npos; }

std::string quoted(const std::string& text) {
  std::string out;
  codec::write_json_string_to(out, text);
  return out;
}

std::string_view trimmed(std::string_view text) {
  const size_t start = text.find_first_not_of(" \t");
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(" \t") - start + 1);
}

}  // namespace

base::Result<std::string> to_text(const HclValue& value, const std::string& key) {
  const bool fits = is_scalar(value) && (value.scalar.is_string() || (value.scalar.is_number() && !is_real(value.scalar)));
  if (fits) return value.scalar.text();
  return codec::hcl_error(value.line, value.column,
                          "root." + key + ": unknown type for string " + std::string(go_kind(value)));
}

base::Result<bool> to_bool(const HclValue& value) {
  if (!is_scalar(value)) return base::invalid("'' expected type 'bool', got unconvertible type '" + std::string(go_type(value)) + "'");
  if (value.scalar.is_bool()) return value.scalar.as_bool();
  const std::string& text = value.scalar.text();
  if (value.scalar.is_number()) return text != "0" && text != "0.0";
  for (const char* yes : {"1", "t", "T", "TRUE", "true", "True"}) {
    if (text == yes) return true;
  }
  for (const char* no : {"", "0", "f", "F", "FALSE", "false", "False"}) {
    if (text == no) return false;
  }
  return base::invalid("cannot parse '' as bool: strconv.ParseBool: parsing " + quoted(text) + ": invalid syntax");
}

base::Result<int64_t> to_integer(const HclValue& value) {
  if (!is_scalar(value) || value.scalar.is_bool() || (value.scalar.is_number() && is_real(value.scalar))) {
    return base::invalid("could not parse value from input");
  }
  const std::string& text = value.scalar.text();
  if (text.empty()) return 0;
  int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec == std::errc() && parsed.ptr == end) return number;
  const char* why = parsed.ec == std::errc::result_out_of_range ? "value out of range" : "invalid syntax";
  return base::invalid("strconv.ParseInt: parsing " + quoted(text) + ": " + why);
}

base::Result<base::Duration> to_duration(const HclValue& value) {
  if (!is_scalar(value) || value.scalar.is_bool()) return base::invalid("could not parse duration from input");
  if (value.scalar.is_string()) return base::parse_api_duration(value.scalar.text());
  double seconds = 0;
  const std::string& text = value.scalar.text();
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  constexpr double kSecondsMax = 9'000'000'000.0;
  if (!(seconds > -kSecondsMax && seconds < kSecondsMax)) return base::invalid("duration multiplication overflow");
  return base::seconds(static_cast<int64_t>(seconds));
}

base::Result<std::vector<std::string>> to_texts(const HclValue& value, const std::string& key) {
  std::vector<std::string> out;
  if (value.kind == HclValue::Kind::list) {
    for (const HclValue& one : value.list) {
      ASSIGN_OR_RETURN(std::string text, to_text(one, key));
      out.push_back(std::move(text));
    }
    return out;
  }
  ASSIGN_OR_RETURN(const std::string text, to_text(value, key));
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find(',', at), text.size());
    out.emplace_back(trimmed(std::string_view(text).substr(at, end - at)));
    at = end + 1;
  }
  return out;
}

Json as_decoded(const HclValue& value) {
  if (is_scalar(value)) return value.scalar;
  Json list = Json::array();
  if (value.kind == HclValue::Kind::list) {
    for (const HclValue& one : value.list) {
      Json inner = as_decoded(one);
      // Inside a list an object stands for itself.
      list.push_back(one.kind == HclValue::Kind::object ? std::move(inner.items().front()) : std::move(inner));
    }
    return list;
  }
  Json object = Json::object();
  for (const HclItem& item : value.object) {
    Json inner = as_decoded(item.value);
    for (size_t i = item.labels.size(); i > 0; --i) {
      inner = Json::array({Json::object({{item.labels[i - 1], std::move(inner)}})});
    }
    Json* existing = object.find(item.key);
    const bool both_lists = existing != nullptr && existing->is_array() && inner.is_array();
    if (!both_lists) object.set(item.key, std::move(inner));
    else for (Json& one : inner.items()) existing->push_back(std::move(one));
  }
  list.push_back(std::move(object));
  return list;
}

}  // namespace bao::config
