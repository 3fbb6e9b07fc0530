// Mount entries between their JSON at rest and values. Members are matched as Go does, ignoring case.
#include "internal/core/mounts/mount_entry.h"

#include "internal/codec/compression.h"

namespace bao::core {
namespace {

using base::Result;
using codec::Json;

constexpr size_t kEntryBytesMax = 1u << 20;

// Removes the member and returns its value, or null.
Json take(Json& object, std::string_view name) {
  const Json* found = object.find_ignoring_case(name);
  if (found == nullptr) return {};
  Json value = *found;
  const auto& members = object.members();
  for (const auto& [member_name, member] : members) {
    if (&member != found) continue;
    const std::string exact = member_name;
    object.erase(exact);
    break;
  }
  return value;
}

std::string take_string(Json& object, std::string_view name) { return take(object, name).as_string(); }
bool take_bool(Json& object, std::string_view name) { return take(object, name).as_bool(); }

Result<int64_t> take_int(Json& object, std::string_view name) {
  const Json value = take(object, name);
  if (value.is_null()) return int64_t{0};
  return value.as_int();
}

std::vector<std::string> take_strings(Json& object, std::string_view name) {
  std::vector<std::string> out;
  const Json value = take(object, name);
  if (!value.is_array()) return out;
  for (const Json& item : value.items()) out.push_back(item.as_string());
  return out;
}

Result<MountConfig> parse_config(Json json) {
  MountConfig config;
  if (!json.is_object()) return config;
  ASSIGN_OR_RETURN(const int64_t default_ttl, take_int(json, "default_lease_ttl"));
  ASSIGN_OR_RETURN(const int64_t max_ttl, take_int(json, "max_lease_ttl"));
  ASSIGN_OR_RETURN(const int64_t token_type, take_int(json, "token_type"));
  config.default_lease_ttl = base::Duration(default_ttl);
  config.max_lease_ttl = base::Duration(max_ttl);
  config.token_type = static_cast<int>(token_type);
  config.force_no_cache = take_bool(json, "force_no_cache");
  config.audit_non_hmac_request_keys = take_strings(json, "audit_non_hmac_request_keys");
  config.audit_non_hmac_response_keys = take_strings(json, "audit_non_hmac_response_keys");
  config.listing_visibility = take_string(json, "listing_visibility");
  config.passthrough_request_headers = take_strings(json, "passthrough_request_headers");
  config.allowed_response_headers = take_strings(json, "allowed_response_headers");
  config.user_lockout = take(json, "user_lockout_config");
  config.plugin_name = take_string(json, "plugin_name");
  config.unknown = std::move(json);
  return config;
}

void set_strings(Json& record, std::string_view name, const std::vector<std::string>& values) {
  if (!values.empty()) record.set(name, Json::strings(values));
}

void set_string(Json& record, std::string_view name, const std::string& value) {
  if (!value.empty()) record.set(name, value);
}

void set_unknown(Json& record, const Json& unknown) {
  if (!unknown.is_object()) return;
  for (const auto& [name, value] : unknown.members()) record.set(name, value);
}

// In the reference's order; what it doesn't know comes last.
Json lockout_json(const Json& lockout) {
  Json record = Json::record();
  for (const char* name : {"lockout_threshold", "lockout_duration", "lockout_counter_reset", "disable_lockout"}) {
    if (const Json* value = lockout.find(name)) record.set(name, *value);
  }
  set_unknown(record, lockout);
  return record;
}

Json config_json(const MountConfig& config) {
  Json record = Json::record();
  if (config.default_lease_ttl.count() != 0) {
    record.set("default_lease_ttl", static_cast<int64_t>(config.default_lease_ttl.count()));
  }
  if (config.max_lease_ttl.count() != 0) record.set("max_lease_ttl", static_cast<int64_t>(config.max_lease_ttl.count()));
  if (config.force_no_cache) record.set("force_no_cache", true);
  set_strings(record, "audit_non_hmac_request_keys", config.audit_non_hmac_request_keys);
  set_strings(record, "audit_non_hmac_response_keys", config.audit_non_hmac_response_keys);
  set_string(record, "listing_visibility", config.listing_visibility);
  set_strings(record, "passthrough_request_headers", config.passthrough_request_headers);
  set_strings(record, "allowed_response_headers", config.allowed_response_headers);
  if (config.token_type != 0) record.set("token_type", config.token_type);
  if (config.user_lockout.is_object()) record.set("user_lockout_config", lockout_json(config.user_lockout));
  set_string(record, "plugin_name", config.plugin_name);
  set_unknown(record, config.unknown);
  return record;
}

std::optional<std::map<std::string, std::string>> parse_options(const Json& json) {
  if (!json.is_object()) return std::nullopt;
  std::map<std::string, std::string> options;
  for (const auto& [name, value] : json.members()) options[name] = value.as_string();
  return options;
}

Json options_json(const std::optional<std::map<std::string, std::string>>& options) {
  if (!options) return nullptr;
  Json object = Json::object();
  for (const auto& [name, value] : *options) object.set(name, value);
  return object;
}

bool is_type(const MountEntry& entry, std::string_view type) {
  return entry.type == type || entry.type == "ns_" + std::string(type);
}

}  // namespace

std::string MountEntry::storage_key() const {
  return std::string("core/") + (local ? "local-" : "") + table + "/" + uuid;
}

std::string MountEntry::data_prefix() const {
  if (table == "auth") return entry_is_token() ? "sys/token/" : "auth/" + uuid + "/";
  return is_type(*this, "system") ? "sys/" : "logical/" + uuid + "/";
}

bool MountEntry::entry_is_token() const { return type == "token"; }

Result<MountEntry> parse_mount_entry(std::string_view stored) {
  ASSIGN_OR_RETURN(const std::string text, codec::decompress_canary(stored, kEntryBytesMax));
  ASSIGN_OR_RETURN(Json json, codec::parse_json(text));
  if (!json.is_object()) return base::corrupt("mount entry: not a JSON object");
  MountEntry entry;
  entry.table = take_string(json, "table");
  entry.path = take_string(json, "path");
  entry.type = take_string(json, "type");
  entry.description = take_string(json, "description");
  entry.uuid = take_string(json, "uuid");
  entry.backend_aware_uuid = take_string(json, "backend_aware_uuid");
  entry.accessor = take_string(json, "accessor");
  ASSIGN_OR_RETURN(entry.config, parse_config(take(json, "config")));
  entry.options = parse_options(take(json, "options"));
  entry.local = take_bool(json, "local");
  entry.seal_wrap = take_bool(json, "seal_wrap");
  entry.external_entropy_access = take_bool(json, "external_entropy_access");
  entry.tainted = take_bool(json, "tainted");
  entry.namespace_id = take_string(json, "namespace_id");
  if (entry.namespace_id.empty()) entry.namespace_id = "root";
  entry.plugin_version = take_string(json, "plugin_version");
  entry.running_plugin_version = take_string(json, "running_plugin_version");
  entry.running_sha256 = take_string(json, "running_sha256");
  entry.unknown = std::move(json);
  if (entry.path.empty() || entry.type.empty()) return base::corrupt("mount entry: no path or no type");
  return entry;
}

std::string serialize_mount_entry(const MountEntry& entry) {
  Json record = Json::record();
  record.set("table", entry.table);
  record.set("path", entry.path);
  record.set("type", entry.type);
  record.set("description", entry.description);
  record.set("uuid", entry.uuid);
  record.set("backend_aware_uuid", entry.backend_aware_uuid);
  record.set("accessor", entry.accessor);
  record.set("config", config_json(entry.config));
  record.set("options", options_json(entry.options));
  record.set("local", entry.local);
  record.set("seal_wrap", entry.seal_wrap);
  if (entry.external_entropy_access) record.set("external_entropy_access", true);
  if (entry.tainted) record.set("tainted", true);
  record.set("namespace_id", entry.namespace_id);
  set_string(record, "plugin_version", entry.plugin_version);
  set_string(record, "running_plugin_version", entry.running_plugin_version);
  set_string(record, "running_sha256", entry.running_sha256);
  set_unknown(record, entry.unknown);
  return codec::write_json(record) + "\n";
}

}  // namespace bao::core
