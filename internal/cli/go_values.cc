#include "internal/cli/go_values.h"

#include <algorithm>
#include <charconv>
#include <ctime>

#include "internal/base/time_format.h"

namespace bao::cli {
namespace {

using codec::Json;

std::string go_object(const Json& object) {
  std::vector<const Json::Member*> members;
  for (const Json::Member& member : object.members()) members.push_back(&member);
  std::stable_sort(members.begin(), members.end(), [](const auto* a, const auto* b) { return a->first < b->first; });
  std::string out = "map[";
  for (const Json::Member* member : members) {
    if (out.size() > 4) out += ' ';
    out += member->first + ":" + go_value(member->second);
  }
  return out + "]";
}

}  // namespace

std::string go_value(const Json& value) {
  switch (value.kind()) {
    case Json::Kind::null: return "<nil>";
    case Json::Kind::boolean: return value.as_bool() ? "true" : "false";
    case Json::Kind::array: {
      std::string out = "[";
      for (const Json& item : value.items()) out += (out.size() > 1 ? " " : "") + go_value(item);
      return out + "]";
    }
    case Json::Kind::object:
    case Json::Kind::record: return go_object(value);
    default: return value.text();
  }
}

std::string go_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\t': out += "\\t"; break;
      case '\r': out += "\\r"; break;
      default:
        if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) {
          static constexpr char kHex[] = "0123456789abcdef";
          out += std::string("\\x") + kHex[(c >> 4) & 15] + kHex[c & 15];
        } else {
          out += c;
        }
    }
  }
  return out + "\"";
}

std::string go_quoted_list(const Json& strings) {
  std::string out = "[";
  if (strings.is_array()) {
    for (const Json& item : strings.items()) out += (out.size() > 1 ? " " : "") + go_quoted(item.as_string());
  }
  return out + "]";
}

std::string human_duration(base::Duration duration) {
  std::string text = base::format_go_duration(duration);
  if (text.ends_with("m0s")) text.resize(text.size() - 2);
  if (const size_t at = text.find("h0m"); at != std::string::npos && at > 0) text.erase(at + 1, 2);
  return text;
}

std::string human_seconds(const Json& seconds) {
  if (!seconds.is_number()) return go_value(seconds);
  int64_t value = 0;
  const std::string& text = seconds.text();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return text;
  return human_duration(base::seconds(value));
}

bool names_duration(std::string_view key) {
  for (const std::string_view word : {"period", "ttl", "duration"}) {
    if (key == word || key.ends_with("_" + std::string(word))) return true;
  }
  return key == "lease_max" || key == "ttl_max";
}

std::string go_time(std::string_view rfc3339) {
  std::string text(rfc3339);
  if (text.size() < 20 || text[10] != 'T') return text;
  text[10] = ' ';
  if (text.ends_with('Z')) return text.substr(0, text.size() - 1) + " +0000 UTC";
  const size_t sign = text.find_last_of("+-");
  const std::string offset = text.substr(sign, 3) + text.substr(sign + 4);
  return text.substr(0, sign) + " " + offset + " " + offset;
}

std::string rfc822(std::string_view rfc3339) {
  const auto time = base::parse_rfc3339(rfc3339);
  if (!time.ok()) return std::string(rfc3339);
  const std::time_t seconds = base::unix_seconds(*time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  const size_t size = std::strftime(text, sizeof(text), "%d %b %y %H:%M UTC", &parts);
  return std::string(text, size);
}

}  // namespace bao::cli
