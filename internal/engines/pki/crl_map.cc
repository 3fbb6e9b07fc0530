#include "internal/engines/pki/crl_map.h"

#include "internal/base/limits.h"
#include "internal/base/time_format.h"

namespace bao::engines::pki {
namespace {

using codec::Json;

constexpr char kKey[] = "crls/config", kUnfinished[] = "unfinished";
constexpr size_t kPartBytes = base::kStorageValueBytesMax - 4096;  // an entry is sealed with some bytes of its own
constexpr int64_t kPartsMax = 1000;

using Numbers = std::map<std::string, int64_t>;
struct NumberMember {
  const char* name;
  Numbers CrlMap::*value;
};
constexpr NumberMember kNumbers[] = {{"crl_number_map", &CrlMap::next_number},
                                     {"last_complete_number_map", &CrlMap::last_complete},
                                     {"part_counts", &CrlMap::parts},
                                     {"delta_part_counts", &CrlMap::delta_parts}};

Json json_of(const Numbers& numbers) {
  Json object = Json::object();
  for (const auto& [id, number] : numbers) object.set(id, number);
  return object;
}

base::Status read_numbers(const Json& stored, Numbers& numbers) {
  for (const auto& [id, value] : stored.members()) {
    const auto number = value.as_int();
    if (!number.ok()) return base::corrupt("the map of revocation lists holds no number for " + id);
    numbers[id] = *number;
  }
  return {};
}

base::Time time_of(const Json& stored) {
  const auto time = base::parse_rfc3339(stored.as_string());
  return time.ok() ? *time : base::kZeroTime;
}

std::string first_key(const std::string& list_id, CrlKind kind) { return "crls/" + list_id + (kind == CrlKind::delta ? "-delta" : ""); }
std::string part_key(const std::string& first, int64_t part) { return part == 0 ? first : first + "-part-" + std::to_string(part); }

Numbers& parts_of(CrlMap& map, CrlKind kind) { return kind == CrlKind::delta ? map.delta_parts : map.parts; }

int64_t part_count(const Numbers& parts, const std::string& list_id) {
  const auto found = parts.find(list_id);
  return found == parts.end() ? 1 : found->second;
}

bool is_known(std::string_view name) {
  for (const NumberMember& member : kNumbers) {
    if (name == member.name) return true;
  }
  return name == kUnfinished || name == "issuer_id_crl_map" || name == "crl_expiration_map" || name == "last_modified" || name == "delta_last_modified";
}

}  // namespace

base::Result<CrlMap> read_crl_map(const storage::ReadView& view) {
  CrlMap map;
  ASSIGN_OR_RETURN(const auto bytes, view.get(kKey));
  if (!bytes) return map;
  const auto stored = codec::parse_json(*bytes);
  if (!stored.ok() || !stored->is_object()) return base::corrupt("the map of revocation lists is no JSON");
  for (const auto& [issuer, list] : (*stored)["issuer_id_crl_map"].members()) map.list_of_issuer[issuer] = list.as_string();
  for (const NumberMember& member : kNumbers) TRY(read_numbers((*stored)[member.name], map.*member.value));
  for (const auto& [list, time] : (*stored)["crl_expiration_map"].members()) map.expires_at[list] = time_of(time);
  map.unfinished = (*stored)[kUnfinished].as_bool();
  map.last_modified = time_of((*stored)["last_modified"]);
  map.delta_last_modified = time_of((*stored)["delta_last_modified"]);
  for (const auto& [name, value] : stored->members()) {
    if (!is_known(name)) map.unknown.set(name, value);
  }
  return map;
}

base::Status put_crl_map(storage::WriteView& view, const CrlMap& map) {
  Json issuers = Json::object(), expirations = Json::object();
  for (const auto& [issuer, list] : map.list_of_issuer) issuers.set(issuer, list);
  for (const auto& [list, time] : map.expires_at) expirations.set(list, base::format_rfc3339(time));
  Json stored = Json::record({{"issuer_id_crl_map", std::move(issuers)},
                              {"crl_number_map", json_of(map.next_number)},
                              {"last_complete_number_map", json_of(map.last_complete)},
                              {"crl_expiration_map", std::move(expirations)},
                              {"last_modified", base::format_rfc3339(map.last_modified)},
                              {"delta_last_modified", base::format_rfc3339(map.delta_last_modified)}});
  if (!map.parts.empty()) stored.set("part_counts", json_of(map.parts));
  if (!map.delta_parts.empty()) stored.set("delta_part_counts", json_of(map.delta_parts));
  if (map.unfinished) stored.set(kUnfinished, true);
  for (const auto& [name, value] : map.unknown.members()) stored.set(name, value);
  return view.put(kKey, codec::write_json(stored) + "\n");
}

base::Result<std::string> read_crl(const storage::ReadView& view, const CrlMap& map, const std::string& list_id, CrlKind kind) {
  const int64_t count = part_count(kind == CrlKind::delta ? map.delta_parts : map.parts, list_id);
  if (count < 1 || count > kPartsMax) return base::corrupt("a revocation list of " + std::to_string(count) + " parts");
  std::string der;
  for (int64_t part = 0; part < count; ++part) {
    ASSIGN_OR_RETURN(const auto bytes, view.get(part_key(first_key(list_id, kind), part)));
    if (!bytes && part == 0) return std::string();
    if (!bytes) return base::corrupt("a part of a revocation list is missing");
    der += *bytes;
  }
  return der;
}

base::Status put_crl(storage::WriteView& view, CrlMap& map, const std::string& list_id, CrlKind kind, std::string_view der) {
  Numbers& parts = parts_of(map, kind);
  const int64_t before = part_count(parts, list_id);
  const std::string first = first_key(list_id, kind);
  int64_t count = 0;
  for (size_t at = 0; at < der.size(); at += kPartBytes) TRY(view.put(part_key(first, count++), der.substr(at, kPartBytes)));
  if (count > kPartsMax) return base::Error(base::Code::too_large, "a revocation list of more than " + std::to_string(kPartsMax) + " parts");
  for (int64_t part = count; part < before; ++part) TRY(view.remove(part_key(first, part)));
  if (count == 1) parts.erase(list_id);
  else parts[list_id] = count;
  return {};
}

base::Status remove_crl(storage::WriteView& view, CrlMap& map, const std::string& list_id) {
  for (const CrlKind kind : {CrlKind::complete, CrlKind::delta}) {
    const int64_t count = part_count(parts_of(map, kind), list_id);
    for (int64_t part = 0; part < count; ++part) TRY(view.remove(part_key(first_key(list_id, kind), part)));
    parts_of(map, kind).erase(list_id);
  }
  map.next_number.erase(list_id);
  map.last_complete.erase(list_id);
  map.expires_at.erase(list_id);
  return {};
}

}  // namespace bao::engines::pki
