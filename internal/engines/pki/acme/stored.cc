#include "internal/engines/pki/acme/stored.h"

#include "internal/base/time_format.h"

namespace bao::engines::pki::acme {

using codec::Json;

base::Result<std::optional<Json>> read_entry(const storage::ReadView& view, std::string_view key) {
  ASSIGN_OR_RETURN(const auto bytes, view.get(key));
  if (!bytes) return std::optional<Json>();
  auto json = codec::parse_json(*bytes);
  if (!json.ok() || !json->is_object()) return base::corrupt("a stored entry is no JSON object");
  return std::optional<Json>(std::move(*json));
}

base::Status put_entry(storage::WriteView& view, std::string_view key, Json record, const Json& before) {
  for (const auto& [name, value] : before.members()) {
    if (record.find(name) == nullptr) record.set(name, value);
  }
  return view.put(key, codec::write_json(record) + "\n");
}

std::vector<std::string> strings_of(const Json& json) {
  std::vector<std::string> strings;
  if (!json.is_array()) return strings;
  for (const Json& item : json.items()) strings.push_back(item.as_string());
  return strings;
}

base::Time time_of(const Json& json) {
  const auto time = base::parse_rfc3339(json.as_string());
  return time.ok() ? *time : base::kZeroTime;
}

}  // namespace bao::engines::pki::acme
