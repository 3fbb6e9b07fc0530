#include "internal/engines/pki/crl_map.h"

#include <span>

#include "internal/base/limits.h"
#include "internal/base/time_format.h"

namespace bao::engines::pki {
namespace {

using codec::Json;
using storage::ReadView;
using storage::WriteView;

constexpr char kUnfinished[] = "unfinished";
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
                                     {"part_numbers", &CrlMap::part_numbers},
                                     {"delta_part_counts", &CrlMap::delta_parts},
                                     {"delta_part_numbers", &CrlMap::delta_part_numbers}};
constexpr size_t kTheirs = 2;  // of them; the others are ours and stand only where they say something

Json json_of(const Numbers& numbers) {
  Json object = Json::object();
  for (const auto& [id, number] : numbers) object.set(id, number);
  return object;
}

base::Status read_numbers(const Json& stored, Numbers& numbers) {
  for (const auto& [id, value] : stored.members()) {
    const auto number = value.as_int();
    if (!number.ok()) return base::corrupt(base::Words::of_node("the map of revocation lists holds no number for " + id));
    numbers[id] = *number;
  }
  return {};
}

base::Time time_of(const Json& stored) {
  const auto time = base::parse_rfc3339(stored.as_string());
  return time.ok() ? *time : base::kZeroTime;
}

std::string first_key(const std::string& list_id, CrlKind kind) { return "crls/" + list_id + (kind == CrlKind::delta ? "-delta" : ""); }

// Of all parts of all numbers, below crls/.
std::string parts_prefix(const std::string& list_id, CrlKind kind) { return list_id + (kind == CrlKind::delta ? "-delta-part-" : "-part-"); }
std::string prefix_of_number(const std::string& list_id, CrlKind kind, int64_t number) {
  return parts_prefix(list_id, kind) + std::to_string(number) + "-";
}
std::string part_key(const std::string& list_id, CrlKind kind, int64_t number, int64_t part) {
  return "crls/" + prefix_of_number(list_id, kind, number) + std::to_string(part);
}

Numbers& counts_of(CrlMap& map, CrlKind kind) { return kind == CrlKind::delta ? map.delta_parts : map.parts; }
Numbers& numbers_of(CrlMap& map, CrlKind kind) { return kind == CrlKind::delta ? map.delta_part_numbers : map.part_numbers; }

// Parts of all numbers but one; -1: of all. Also those that a build left which came to no end.
base::Status remove_parts(WriteView& view, const std::string& list_id, CrlKind kind, int64_t but) {
  const std::string all = parts_prefix(list_id, kind), kept = prefix_of_number(list_id, kind, but);
  ASSIGN_OR_RETURN(const auto names, view.list("crls/"));
  for (const std::string& name : names) {
    if (name.starts_with(all) && !name.starts_with(kept)) TRY(view.remove("crls/" + name));
  }
  return {};
}

bool is_known(std::string_view name) {
  for (const NumberMember& member : kNumbers) {
    if (name == member.name) return true;
  }
  return name == kUnfinished || name == "issuer_id_crl_map" || name == "crl_expiration_map" || name == "last_modified" || name == "delta_last_modified";
}

}  // namespace

base::Result<CrlMap> read_crl_map(const ReadView& view) {
  CrlMap map;
  ASSIGN_OR_RETURN(const auto bytes, view.get(kCrlMap));
  if (!bytes) return map;
  const auto stored = codec::parse_json(*bytes);
  if (!stored.ok() || !stored->is_object()) return base::corrupt("the map of revocation lists is no JSON");
  for (const auto& [issuer, list] : (*stored)["issuer_id_crl_map"].members()) map.list_of_issuer[issuer] = list.as_string();
  for (const NumberMember& member : kNumbers) TRY(read_numbers((*stored)[member.name], map.*member.value));
  for (const auto& [list, time] : (*stored)["crl_expiration_map"].members()) map.expires_at[list] = time_of(time);
  if (const auto unfinished = (*stored)[kUnfinished].as_int(); unfinished.ok()) map.unfinished = *unfinished;
  map.last_modified = time_of((*stored)["last_modified"]);
  map.delta_last_modified = time_of((*stored)["delta_last_modified"]);
  for (const auto& [name, value] : stored->members()) {
    if (!is_known(name)) map.unknown.set(name, value);
  }
  return map;
}

base::Status put_crl_map(WriteView& view, const CrlMap& map) {
  Json issuers = Json::object(), expirations = Json::object();
  for (const auto& [issuer, list] : map.list_of_issuer) issuers.set(issuer, list);
  for (const auto& [list, time] : map.expires_at) expirations.set(list, base::format_rfc3339(time));
  Json stored = Json::record({{"issuer_id_crl_map", std::move(issuers)},
                              {"crl_number_map", json_of(map.next_number)},
                              {"last_complete_number_map", json_of(map.last_complete)},
                              {"crl_expiration_map", std::move(expirations)},
                              {"last_modified", base::format_rfc3339(map.last_modified)},
                              {"delta_last_modified", base::format_rfc3339(map.delta_last_modified)}});
  for (const NumberMember& member : std::span(kNumbers).subspan(kTheirs)) {
    if (!(map.*member.value).empty()) stored.set(member.name, json_of(map.*member.value));
  }
  if (map.unfinished != 0) stored.set(kUnfinished, map.unfinished);
  for (const auto& [name, value] : map.unknown.members()) stored.set(name, value);
  return view.put(kCrlMap, codec::write_json(stored) + "\n");
}

int64_t part_count(const CrlMap& map, const std::string& list_id, CrlKind kind) {
  const Numbers& counts = kind == CrlKind::delta ? map.delta_parts : map.parts;
  const auto found = counts.find(list_id);
  return found == counts.end() ? 1 : found->second;
}

base::Status each_crl_piece(const ReadView& view, const CrlMap& map, const std::string& list_id, CrlKind kind,
                            const std::function<base::Status(std::string_view)>& see) {
  const Numbers& numbers = kind == CrlKind::delta ? map.delta_part_numbers : map.part_numbers;
  const auto number = numbers.find(list_id);
  if (number == numbers.end()) {
    ASSIGN_OR_RETURN(const auto whole, view.get(first_key(list_id, kind)));
    return whole ? see(*whole) : base::Status();
  }
  const int64_t count = part_count(map, list_id, kind);
  if (count < 1 || count > kPartsMax) return base::corrupt(base::Words::of_node("a revocation list of " + std::to_string(count) + " parts"));
  for (int64_t part = 0; part < count; ++part) {
    ASSIGN_OR_RETURN(const auto piece, view.get(part_key(list_id, kind, number->second, part)));
    if (!piece) return base::corrupt("a part of a revocation list is missing");
    TRY(see(*piece));
  }
  return {};
}

base::Result<std::string> read_crl(const ReadView& view, const CrlMap& map, const std::string& list_id, CrlKind kind) {
  std::string der;
  TRY(each_crl_piece(view, map, list_id, kind, [&der](std::string_view piece) -> base::Status {
    der += piece;
    return {};
  }));
  return der;
}

int64_t NumberedCrl::part_count() const { return static_cast<int64_t>((der.size() + kPartBytes - 1) / kPartBytes); }

std::string_view NumberedCrl::part(int64_t index) const {
  return std::string_view(der).substr(static_cast<size_t>(index) * kPartBytes, kPartBytes);
}

base::Status put_crl(WriteView& view, CrlMap& map, const NumberedCrl& crl) {
  const int64_t count = crl.part_count();
  for (int64_t part = 0; count > 1 && part < count; ++part) TRY(put_crl_part(view, crl, part));
  return adopt_crl(view, map, crl);
}

base::Status put_crl_part(WriteView& view, const NumberedCrl& crl, int64_t index) {
  return view.put(part_key(crl.list_id, crl.kind, crl.number, index), crl.part(index));
}

base::Status adopt_crl(WriteView& view, CrlMap& map, const NumberedCrl& crl) {
  const int64_t count = crl.part_count();
  if (count > kPartsMax) return base::Error(base::Code::too_large, "a revocation list of more than " + std::to_string(kPartsMax) + " parts");
  const bool had_parts = counts_of(map, crl.kind).contains(crl.list_id);
  if (count > 1) {
    counts_of(map, crl.kind)[crl.list_id] = count;
    numbers_of(map, crl.kind)[crl.list_id] = crl.number;
    TRY(view.remove(first_key(crl.list_id, crl.kind)));
    return remove_parts(view, crl.list_id, crl.kind, crl.number);
  }
  if (had_parts) TRY(remove_parts(view, crl.list_id, crl.kind, -1));
  counts_of(map, crl.kind).erase(crl.list_id);
  numbers_of(map, crl.kind).erase(crl.list_id);
  return view.put(first_key(crl.list_id, crl.kind), crl.der);
}

base::Status remove_crl(WriteView& view, CrlMap& map, const std::string& list_id) {
  for (const CrlKind kind : {CrlKind::complete, CrlKind::delta}) {
    TRY(view.remove(first_key(list_id, kind)));
    TRY(remove_parts(view, list_id, kind, -1));
    counts_of(map, kind).erase(list_id);
    numbers_of(map, kind).erase(list_id);
  }
  map.next_number.erase(list_id);
  map.last_complete.erase(list_id);
  map.expires_at.erase(list_id);
  return {};
}

}  // namespace bao::engines::pki
