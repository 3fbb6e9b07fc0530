#include "internal/http/request_body.h"

#include <cmath>
#include <cstdlib>

#include "internal/base/letters.h"
#include "internal/http/target.h"

namespace bao::http {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr size_t kDigitsOfDouble = 308;
constexpr std::string_view kTooComplex = "refused JSON input due to high complexity";

bool looks_like_json(std::string_view body) {
  const size_t first = body.find_first_not_of(kBlanks);
  return first == std::string_view::npos || body[first] == '{' || body[first] == '[';
}

std::string_view go_kind(const codec::Json& value) {
  switch (value.kind()) {
    case codec::Json::Kind::boolean: return "bool";
    case codec::Json::Kind::number: return "number";
    case codec::Json::Kind::string: return "string";
    default: return "array";
  }
}

// The reference reads numbers into floating point before anything else looks at them: the first that doesn't fit.
const codec::Json* beyond_floating_point(const codec::Json& value) {
  if (value.is_number()) {
    const std::string& text = value.text();
    const bool short_integer = text.size() < kDigitsOfDouble && text.find_first_of("eE") == std::string::npos;
    return !short_integer && std::isinf(std::strtod(text.c_str(), nullptr)) ? &value : nullptr;
  }
  for (const codec::Json& item : value.items()) {
    if (const codec::Json* found = beyond_floating_point(item)) return found;
  }
  for (const auto& [name, member] : value.members()) {
    if (const codec::Json* found = beyond_floating_point(member)) return found;
  }
  return nullptr;
}

codec::Json form_data(std::string_view body) {
  codec::Json data = codec::Json::object();
  for (auto& [name, value] : parse_lenient_query(body).pairs) {
    const codec::Json* known = data.find(name);
    data.set(name, known ? known->as_string() + "," + value : std::move(value));
  }
  return data;
}

}  // namespace

base::Result<std::string> media_type(std::string_view content_type) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  const size_t first = type.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return base::invalid("mime: no media type");
  type = type.substr(first, type.find_last_not_of(kBlanks) - first + 1);
  const std::string lower = base::lower_case(type);
  const size_t slash = lower.find('/');
  if (!base::is_token(std::string_view(lower).substr(0, slash))) return base::invalid("mime: expected slash after first token");
  if (slash != std::string::npos && !base::is_token(std::string_view(lower).substr(slash + 1))) {
    return base::invalid("mime: expected token after slash");
  }
  return lower;
}

base::Result<codec::Json> parse_json_body(std::string_view body, const BodyLimits& limits) {
  if (body.find_first_not_of(kBlanks) == std::string_view::npos) return codec::Json::object();
  codec::JsonLimits json;
  json.bytes_max = limits.json_bytes_max;
  json.strings_max = limits.json_strings_max;
  auto parsed = codec::parse_json(body, json, codec::Trailing::tolerate_json);
  if (!parsed.ok()) {
    const std::string& why = parsed.error().message();
    return base::invalid(why.starts_with(kTooComplex) ? why : "failed to decode JSON input: " + why);
  }
  if (const codec::Json* number = beyond_floating_point(*parsed)) {
    return base::invalid("failed to decode JSON input: json: cannot unmarshal number " + number->text() + " into Go value of type float64");
  }
  if (parsed->is_null()) return codec::Json::object();
  if (!parsed->is_object()) {
    return base::invalid("failed to decode JSON input: json: cannot unmarshal " + std::string(go_kind(*parsed)) +
                         " into Go value of type map[string]interface {}");
  }
  return parsed;
}

base::Result<codec::Json> parse_body(std::string_view body, std::string_view content_type, const BodyLimits& limits) {
  const auto type = media_type(content_type);
  if (type.ok() && *type == "application/x-www-form-urlencoded" && !looks_like_json(body)) return form_data(body);
  return parse_json_body(body, limits);
}

}  // namespace bao::http
