// The two forms of a token entry at rest. One table of members drives both directions of the JSON form.
#include "internal/core/token/token_entry.h"

#include <algorithm>

#include "internal/codec/protobuf.h"

namespace bao::core {
namespace {

using base::Duration;
using base::Result;
using codec::Json;

void read(const Json& value, std::string& out) { out = value.as_string(); }
void read(const Json& value, bool& out) { out = value.as_bool(); }
void read(const Json& value, int64_t& out) {
  if (const auto number = value.as_int(); number.ok()) out = *number;
}
void read(const Json& value, Duration& out) {
  int64_t nanos = 0;
  read(value, nanos);
  out = Duration(nanos);
}
void read(const Json& value, std::vector<std::string>& out) {
  if (!value.is_array()) return;
  for (const Json& item : value.items()) out.push_back(item.as_string());
}
void read(const Json& value, std::map<std::string, std::string>& out) {
  if (!value.is_object()) return;
  for (const auto& [key, item] : value.members()) out[key] = item.as_string();
}
// Older releases wrote the name instead of the digit; 0 is upgraded to service.
void read(const Json& value, TokenType& out) {
  int64_t digit = 1;
  read(value, digit);
  out = digit == 2 || value.as_string() == "batch" ? TokenType::batch : TokenType::service;
}

Json write(const std::string& value) { return value; }
Json write(bool value) { return value; }
Json write(int64_t value) { return value; }
Json write(Duration value) { return static_cast<int64_t>(value.count()); }
Json write(TokenType value) { return static_cast<int64_t>(value); }
// Go writes nil slices and maps as null.
Json write(const std::vector<std::string>& value) {
  return value.empty() ? Json() : Json::strings(value);
}
Json write(const std::map<std::string, std::string>& value) {
  if (value.empty()) return {};
  Json object = Json::object();
  for (const auto& [key, item] : value) object.set(key, item);
  return object;
}

// Calls visit(name, member) for each JSON member in the order in which OpenBao writes them.
template <typename Entry, typename Visit>
void each_member(Entry& e, Visit visit) {
  visit("type", e.type);
  visit("id", e.id);
  visit("accessor", e.accessor);
  visit("parent", e.parent);
  visit("policies", e.policies);
  visit("inline_policy", e.inline_policy);
  visit("path", e.path);
  visit("meta", e.meta);
  visit("internal_meta", e.internal_meta);
  visit("display_name", e.display_name);
  visit("num_uses", e.num_uses);
  visit("creation_time", e.creation_time);
  visit("ttl", e.ttl);
  visit("explicit_max_ttl", e.explicit_max_ttl);
  visit("role", e.role);
  visit("period", e.period);
  visit("entity_id", e.entity_id);
  visit("no_identity_policies", e.no_identity_policies);
  visit("bound_cidrs", e.bound_cidrs);
  visit("namespace_id", e.namespace_id);
  visit("cubbyhole_id", e.cubbyhole_id);
}

// Spelling of long ago, always written as zero values.
constexpr std::pair<std::string_view, bool> kLegacy[] = {  // name, is text
    {"DisplayName", true}, {"NumUses", false}, {"CreationTime", false}, {"ExplicitMaxTTL", false}};

// Sorted.
const std::vector<std::string_view>& known_names() {
  static const std::vector<std::string_view> kNames = [] {
    std::vector<std::string_view> names;
    const TokenEntry none;
    each_member(none, [&](std::string_view name, const auto&) { names.push_back(name); });
    for (const auto& [name, is_text] : kLegacy) names.push_back(name);
    std::sort(names.begin(), names.end());
    return names;
  }();
  return kNames;
}

void put_map(std::string& out, uint32_t id, const std::map<std::string, std::string>& map) {
  for (const auto& [key, value] : map) {
    std::string entry;
    codec::put_bytes(entry, 1, key);
    codec::put_bytes(entry, 2, value);
    codec::put_message(out, id, entry);
  }
}

base::Status read_map_entry(std::string_view bytes, std::map<std::string, std::string>& map) {
  ASSIGN_OR_RETURN(const auto fields, codec::parse_wire(bytes));
  std::string key, value;
  for (const auto& field : fields) {
    if (field.id == 1) key = field.bytes;
    if (field.id == 2) value = field.bytes;
  }
  map[key] = value;
  return {};
}

// Field numbers of OpenBao's plugin protocol, message TokenEntry.
base::Status read_batch_field(const codec::WireField& f, TokenEntry& e) {
  const auto text = [&] { return std::string(f.bytes); };
  const auto number = static_cast<int64_t>(f.number);
  switch (f.id) {
    case 1: e.id = text(); break;
    case 2: e.accessor = text(); break;
    case 3: e.parent = text(); break;
    case 4: e.policies.push_back(text()); break;
    case 5: e.path = text(); break;
    case 6: return read_map_entry(f.bytes, e.meta);
    case 7: e.display_name = text(); break;
    case 8: e.num_uses = number; break;
    case 9: e.creation_time = number; break;
    case 10: e.ttl = Duration(number); break;
    case 11: e.explicit_max_ttl = Duration(number); break;
    case 12: e.role = text(); break;
    case 13: e.period = Duration(number); break;
    case 14: e.entity_id = text(); break;
    case 15: e.bound_cidrs.push_back(text()); break;
    case 16: e.namespace_id = text(); break;
    case 17: e.cubbyhole_id = text(); break;
    case 18: e.type = f.number == 2 ? TokenType::batch : TokenType::service; break;
    case 19: return read_map_entry(f.bytes, e.internal_meta);
    case 20: e.inline_policy = text(); break;
    case 21: e.no_identity_policies = f.number != 0; break;
    default: e.unknown_fields += f.whole;
  }
  return {};
}

}  // namespace

Result<TokenEntry> parse_token_entry(std::string_view json) {
  ASSIGN_OR_RETURN(Json document, codec::parse_json(json));
  if (!document.is_object()) return base::corrupt("token entry: not a JSON object");
  TokenEntry entry;
  each_member(entry, [&](std::string_view name, auto& member) {
    if (const Json* value = document.find_ignoring_case(name); value != nullptr) read(*value, member);
  });
  // In one go: every write parses its caller's entry.
  const auto& known = known_names();
  std::erase_if(document.members(), [&](const Json::Member& m) { return std::binary_search(known.begin(), known.end(), m.first); });
  entry.unknown = std::move(document);
  if (entry.namespace_id.empty()) entry.namespace_id = "root";
  return entry;
}

std::string serialize_token_entry(const TokenEntry& entry) {
  Json record = Json::record();
  std::vector<Json::Member>& members = record.members();
  members.reserve(32);
  each_member(entry, [&](std::string_view name, const auto& member) { members.emplace_back(name, write(member)); });
  for (const auto& [name, is_text] : kLegacy) members.emplace_back(name, is_text ? Json("") : Json(0));
  for (const auto& member : entry.unknown.members()) members.push_back(member);
  return codec::write_json(record) + "\n";
}

Result<TokenEntry> parse_batch_payload(std::string_view protobuf) {
  ASSIGN_OR_RETURN(const auto fields, codec::parse_wire(protobuf));
  TokenEntry entry;
  for (const auto& field : fields) TRY(read_batch_field(field, entry));
  if (entry.type != TokenType::batch) return base::corrupt("batch token: payload is not a batch token");
  if (entry.namespace_id.empty()) entry.namespace_id = "root";
  return entry;
}

std::string serialize_batch_payload(const TokenEntry& e) {
  std::string out;
  codec::put_bytes(out, 1, e.id);
  codec::put_bytes(out, 2, e.accessor);
  codec::put_bytes(out, 3, e.parent);
  for (const auto& policy : e.policies) codec::put_message(out, 4, policy);
  codec::put_bytes(out, 5, e.path);
  put_map(out, 6, e.meta);
  codec::put_bytes(out, 7, e.display_name);
  codec::put_int(out, 8, e.num_uses);
  codec::put_int(out, 9, e.creation_time);
  codec::put_int(out, 10, e.ttl.count());
  codec::put_int(out, 11, e.explicit_max_ttl.count());
  codec::put_bytes(out, 12, e.role);
  codec::put_int(out, 13, e.period.count());
  codec::put_bytes(out, 14, e.entity_id);
  for (const auto& cidr : e.bound_cidrs) codec::put_message(out, 15, cidr);
  codec::put_bytes(out, 16, e.namespace_id);
  codec::put_bytes(out, 17, e.cubbyhole_id);
  codec::put_uint(out, 18, static_cast<uint64_t>(e.type));
  put_map(out, 19, e.internal_meta);
  codec::put_bytes(out, 20, e.inline_policy);
  codec::put_bool(out, 21, e.no_identity_policies);
  return out + e.unknown_fields;
}

}  // namespace bao::core
