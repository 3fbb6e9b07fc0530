#include "internal/engines/pki/stored_json.h"

#include <algorithm>

namespace bao::engines::pki {

using codec::Json;

// Room for any entry that holds a key: a text that grows leaves copies behind.
constexpr size_t kRecordBytes = 16u << 10;

base::Result<Json> parse_stored(std::string_view bytes) {
  ASSIGN_OR_RETURN(Json json, codec::parse_json(bytes));
  if (!json.is_object()) return base::corrupt("a stored entry is no JSON object");
  return json;
}

std::string write_stored(Json record, const Json& before, std::initializer_list<std::string_view> absent) {
  for (const auto& [name, value] : before.members()) {
    const bool left_out = std::find(absent.begin(), absent.end(), name) != absent.end();
    if (!left_out && record.find(name) == nullptr) record.set(name, value);
  }
  std::string text;
  text.reserve(kRecordBytes);
  codec::write_json_to(text, record);
  record.wipe();
  return text += '\n';
}

List list_of(const Json& json) {
  if (!json.is_array()) return std::nullopt;
  return strings_of(json);
}

Json list_json(const List& list) { return list ? Json::strings(*list) : Json(); }

std::vector<std::string> strings_of(const Json& json) {
  std::vector<std::string> strings;
  if (!json.is_array()) return strings;
  for (const Json& item : json.items()) strings.push_back(item.as_string());
  return strings;
}

}  // namespace bao::engines::pki
