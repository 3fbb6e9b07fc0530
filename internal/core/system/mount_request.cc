#include "internal/core/system/mount_request.h"

#include <optional>
#include <utility>

#include "internal/base/time_format.h"
#include "internal/core/mounts/plugin_version.h"

namespace bao::core::sys {
namespace {

using codec::Json;
using logical::Field;
using logical::FieldType;

base::Result<base::Duration> read_ttl(std::string_view text) {
  if (text.empty() || text == "system") return base::Duration(0);
  return base::parse_api_duration(text);
}

base::Status check_visibility(std::string_view visibility) {
  if (visibility.empty() || visibility == "unauth" || visibility == "hidden") return {};
  return base::invalid("invalid listing_visibility " + std::string(visibility));
}

base::Result<int> read_token_type(std::string_view name) {
  if (name.empty() || name == "default-service") return 3;
  if (name == "default-batch") return 4;
  if (name == "service") return 1;
  if (name == "batch") return 2;
  return base::invalid("invalid value for 'token_type'");
}

std::vector<std::string> split_at_commas(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const size_t comma = text.find(',');
    std::string_view part = text.substr(0, comma);
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
    if (!part.empty()) out.emplace_back(part);
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
  }
  return out;
}

// The object `config` of a mount request. Members of another type than theirs are an error; unknown ones are ignored.
class ConfigReader {
 public:
  ConfigReader(const Json& config, std::string_view kind) : config_(config), kind_(kind) {}

  base::Result<std::string> text(std::string_view name) const {
    const Json& value = config_[name];
    if (value.is_null()) return std::string();
    if (value.is_string() || value.is_number()) return value.text();
    return unconvertible();
  }
  base::Result<bool> flag(std::string_view name) const {
    const Json& value = config_[name];
    if (value.is_null() || value.is_bool()) return value.as_bool();
    return unconvertible();
  }
  base::Result<std::vector<std::string>> list(std::string_view name) const {
    const Json& value = config_[name];
    if (value.is_string()) return split_at_commas(value.as_string());
    std::vector<std::string> out;
    if (!value.is_null() && !value.is_array()) return unconvertible();
    for (const Json& item : value.items()) {
      if (!item.is_string()) return unconvertible();
      out.push_back(item.as_string());
    }
    return out;
  }
  // Lockout is set by tuning; the reference refuses it here as soon as it holds a count or a time.
  base::Status check_lockout() const {
    const Json& lockout = config_["user_lockout_config"];
    if (lockout.is_null()) return {};
    if (!lockout.is_object()) return unconvertible();
    for (const char* name : {"lockout_threshold", "lockout_duration", "lockout_counter_reset"}) {
      if (!lockout[name].is_null()) return unconvertible();
    }
    return {};
  }

 private:
  base::Error unconvertible() const {
    return base::invalid("unable to convert given " + std::string(kind_) + " config information");
  }
  const Json& config_;
  std::string_view kind_;
};

base::Result<base::Duration> read_named_ttl(const ConfigReader& reader, std::string_view member, std::string_view name) {
  ASSIGN_OR_RETURN(const std::string text, reader.text(member));
  auto ttl = read_ttl(text);
  if (ttl.ok()) return ttl;
  return base::invalid("unable to parse " + std::string(name) + " TTL of " + text + ": " + ttl.error().message());
}

base::Status read_times(const ConfigReader& reader, const MountDefaults& defaults, MountConfig& out) {
  ASSIGN_OR_RETURN(out.default_lease_ttl, read_named_ttl(reader, "default_lease_ttl", "default"));
  ASSIGN_OR_RETURN(out.max_lease_ttl, read_named_ttl(reader, "max_lease_ttl", "max"));
  if (out.max_lease_ttl.count() != 0 && out.default_lease_ttl > out.max_lease_ttl) {
    return base::invalid("given default lease TTL greater than given max lease TTL");
  }
  if (out.default_lease_ttl > defaults.max_lease_ttl && out.max_lease_ttl.count() == 0) {
    return base::invalid("given default lease TTL greater than system max lease TTL of " +
                         std::to_string(base::whole_seconds(defaults.max_lease_ttl)));
  }
  return {};
}

// A lease of zero means the system's times; the rest of the object after its times.
base::Status read_lists(const ConfigReader& reader, MountConfig& out) {
  ASSIGN_OR_RETURN(out.force_no_cache, reader.flag("force_no_cache"));
  ASSIGN_OR_RETURN(out.listing_visibility, reader.text("listing_visibility"));
  TRY(check_visibility(out.listing_visibility));
  ASSIGN_OR_RETURN(out.audit_non_hmac_request_keys, reader.list("audit_non_hmac_request_keys"));
  ASSIGN_OR_RETURN(out.audit_non_hmac_response_keys, reader.list("audit_non_hmac_response_keys"));
  ASSIGN_OR_RETURN(out.passthrough_request_headers, reader.list("passthrough_request_headers"));
  ASSIGN_OR_RETURN(out.allowed_response_headers, reader.list("allowed_response_headers"));
  return {};
}

bool names_version(const MountEntry& entry) {
  if (!entry.options) return false;
  const auto version = entry.options->find("version");
  return version != entry.options->end() && !version->second.empty();
}

// "plugin" names its type elsewhere; "kv-v1" and "kv-v2" are kv with a version.
base::Status resolve_type(const ConfigReader& reader, const logical::Fields& fields, MountEntry& entry) {
  if (entry.type.empty()) return base::invalid("backend type must be specified as a string");
  if (entry.type == "plugin") {
    ASSIGN_OR_RETURN(entry.type, reader.text("plugin_name"));
    if (entry.type.empty()) entry.type = fields.string("plugin_name");
    if (entry.type.empty()) return base::invalid("plugin_name must be provided for plugin backend");
  }
  if (entry.table == "auth") {
    if (!names_version(entry)) return {};
    return base::invalid("auth method \"" + entry.type + "\" does not allow setting a version");
  }
  if (entry.type == "kv-v1" || entry.type == "kv-v2") {
    if (!entry.options) entry.options.emplace();
    (*entry.options)["version"] = entry.type.substr(4);
    entry.type = "kv";
  } else if (entry.type != "kv" && names_version(entry)) {
    return base::invalid("secrets engine \"" + entry.type + "\" does not allow setting a version");
  }
  return {};
}

// Every engine is part of this binary: its version may be named, but no other can be chosen. It isn't kept, so that an engine goes on
// with the next binary.
base::Status check_new_version(const MountEntry& entry, std::string_view asked, std::string_view builtin) {
  if (asked.empty()) return {};
  ASSIGN_OR_RETURN(const std::string version, canonical_version(asked));
  if (version == builtin) return {};
  return base::invalid("cannot select non-builtin version of " + std::string(entry.table == "auth" ? "auth" : "secrets") + " plugin " + entry.type);
}

base::Status tune_version(MountEntry& entry, const logical::Fields& fields, std::string_view builtin) {
  if (!fields.has("plugin_version")) return {};
  ASSIGN_OR_RETURN(std::string version, canonical_version(fields.string("plugin_version")));
  if (version != builtin) return base::invalid("plugin not found in the catalog: " + entry.type + ", version=" + version);
  entry.plugin_version = std::move(version);
  return {};
}

// Names, descriptions and counts of user_lockout_config as tuning takes them: text, but for the flag.
base::Result<std::string> lockout_text(const Json& config, std::string_view name) {
  const Json& value = config[name];
  if (value.is_null()) return std::string();
  if (value.is_string() || value.is_number()) return value.text();
  return base::invalid("unable to convert given user lockout config information");
}

base::Status set_lockout_time(const Json& config, std::string_view name, std::string_view member, Json& stored) {
  ASSIGN_OR_RETURN(const std::string text, lockout_text(config, name));
  if (text.empty()) return {};
  ASSIGN_OR_RETURN(const base::Duration time, read_ttl(text));
  stored.set(member, static_cast<int64_t>(time.count()));
  return {};
}

base::Result<Json> read_count(const std::string& text) {
  const bool digits = text.find_first_not_of("0123456789") == std::string::npos;
  if (digits && text.size() < 20) {
    const size_t first = text.find_first_not_of('0');
    return Json::number(first == std::string::npos ? "0" : text.substr(first));
  }
  return base::invalid("unable to parse user lockout threshold: strconv.ParseUint: parsing \"" + text +
                       "\": " + (digits ? "value out of range" : "invalid syntax"));
}

base::Status tune_lockout(MountEntry& entry, const Json& config) {
  if (!config.is_object() || config.empty()) return {};
  const Json& flag = config["lockout_disable"];
  if (!flag.is_null() && !flag.is_bool()) {
    return base::invalid("unable to convert given user lockout config information");
  }
  if (entry.type != "ldap" && entry.type != "approle" && entry.type != "userpass") {
    return base::invalid("tuning of user lockout configuration for auth type \"" + entry.type + "\" not allowed");
  }
  Json stored = entry.config.user_lockout.is_object() ? entry.config.user_lockout : Json::object();
  ASSIGN_OR_RETURN(const std::string threshold, lockout_text(config, "lockout_threshold"));
  if (!threshold.empty()) {
    ASSIGN_OR_RETURN(Json count, read_count(threshold));
    stored.set("lockout_threshold", std::move(count));
  }
  TRY(set_lockout_time(config, "lockout_duration", "lockout_duration", stored));
  TRY(set_lockout_time(config, "lockout_counter_reset_duration", "lockout_counter_reset", stored));
  if (flag.is_bool()) stored.set("disable_lockout", flag.as_bool());
  entry.config.user_lockout = std::move(stored);
  return {};
}

base::Result<base::Duration> tuned_ttl(const logical::Fields& fields, std::string_view name, base::Duration current) {
  const std::string text = fields.string(name);
  if (text.empty()) return current;
  return read_ttl(text);
}

base::Status tune_times(MountEntry& entry, const logical::Fields& fields) {
  MountConfig& config = entry.config;
  ASSIGN_OR_RETURN(const base::Duration ttl, tuned_ttl(fields, "default_lease_ttl", config.default_lease_ttl));
  ASSIGN_OR_RETURN(const base::Duration max_ttl, tuned_ttl(fields, "max_lease_ttl", config.max_lease_ttl));
  const bool changes = ttl != config.default_lease_ttl || max_ttl != config.max_lease_ttl;
  if (changes && ttl.count() != 0 && max_ttl.count() != 0 && max_ttl < ttl) {
    return base::invalid("backend max lease TTL of " + std::to_string(base::whole_seconds(max_ttl)) +
                         " would be less than backend default lease TTL of " +
                         std::to_string(base::whole_seconds(ttl)));
  }
  config.default_lease_ttl = ttl;
  config.max_lease_ttl = max_ttl;
  return {};
}

base::Status tune_token_type(MountEntry& entry, const logical::Fields& fields) {
  if (!fields.has("token_type")) return {};
  if (entry.table != "auth") return base::invalid("'token_type' can only be modified on auth mounts");
  if (entry.type == "token") {
    return base::invalid("'token_type' cannot be set for 'token' or 'ns_token' auth mounts");
  }
  ASSIGN_OR_RETURN(entry.config.token_type, read_token_type(fields.string("token_type")));
  return {};
}

void tune_lists(MountConfig& config, const logical::Fields& fields) {
  const std::pair<const char*, std::vector<std::string>*> lists[] = {
      {"audit_non_hmac_request_keys", &config.audit_non_hmac_request_keys},
      {"audit_non_hmac_response_keys", &config.audit_non_hmac_response_keys},
      {"passthrough_request_headers", &config.passthrough_request_headers},
      {"allowed_response_headers", &config.allowed_response_headers}};
  for (const auto& [name, list] : lists) {
    if (fields.has(name)) *list = fields.strings(name);
  }
}

Field text_field(const char* name, const char* description) {
  return {.name = name, .type = FieldType::string, .description = description};
}

}  // namespace

std::vector<Field> enable_fields() {
  return {
      text_field("path", "The path to mount to. Example: \"aws/east\""),
      text_field("type", "The type of the backend. Example: \"kv\""),
      text_field("description", "User-friendly description for this mount."),
      {.name = "config", .type = FieldType::map, .description = "Configuration for this mount, such as default_lease_ttl and max_lease_ttl."},
      {.name = "local", .type = FieldType::boolean, .description = "Mark the mount as a local mount."},
      {.name = "seal_wrap", .type = FieldType::boolean, .description = "Whether to turn on seal wrapping for the mount."},
      {.name = "external_entropy_access", .type = FieldType::boolean, .description = "Whether to give the mount access to external entropy."},
      text_field("plugin_name", "Name of the plugin to mount based on the name registered in the plugin catalog."),
      {.name = "options", .type = FieldType::pairs, .description = "The options to pass into the backend. Should be a json object with string keys and values."},
      text_field("plugin_version", "The semantic version of the plugin to use."),
  };
}

base::Result<MountEntry> read_mount_request(std::string_view table, std::string path, const logical::Fields& fields,
                                            const MountDefaults& defaults, std::string_view builtin_version) {
  MountEntry entry;
  entry.table = table;
  entry.path = std::move(path);
  entry.type = fields.string("type");
  entry.description = fields.string("description");
  entry.local = fields.boolean("local");
  entry.seal_wrap = fields.boolean("seal_wrap");
  entry.external_entropy_access = fields.boolean("external_entropy_access");
  // Those of an entry are null where the request says so, as every client of the reference's does that has none.
  const Json* options = fields.find("options");
  if (options == nullptr || !options->is_null()) entry.options = fields.pairs("options");
  const Json config = fields.json("config");
  const ConfigReader reader(config, table == "auth" ? "auth" : "mount");
  TRY(reader.check_lockout());
  TRY(read_times(reader, defaults, entry.config));
  if (table == "auth") {
    ASSIGN_OR_RETURN(const std::string token_type, reader.text("token_type"));
    ASSIGN_OR_RETURN(entry.config.token_type, read_token_type(token_type));
  }
  TRY(resolve_type(reader, fields, entry));
  ASSIGN_OR_RETURN(const std::string version, reader.text("plugin_version"));
  TRY(check_new_version(entry, version.empty() ? fields.string("plugin_version") : version, builtin_version));
  TRY(read_lists(reader, entry.config));
  return entry;
}

std::vector<Field> tune_fields() {
  return {
      text_field("path", "Tune the configuration parameters for an auth path or mount."),
      text_field("default_lease_ttl", "The default lease TTL for this mount."),
      text_field("max_lease_ttl", "The max lease TTL for this mount."),
      text_field("description", "User-friendly description for this mount."),
      {.name = "audit_non_hmac_request_keys", .type = FieldType::comma_list, .description = "The list of keys in the request data object that will not be HMAC'ed by audit devices."},
      {.name = "audit_non_hmac_response_keys", .type = FieldType::comma_list, .description = "The list of keys in the response data object that will not be HMAC'ed by audit devices."},
      {.name = "options", .type = FieldType::pairs, .description = "The options to pass into the backend. Should be a json object with string keys and values."},
      text_field("listing_visibility", "Determines the visibility of the mount in the UI-specific listing endpoint. Accepted value are 'unauth' and 'hidden', with the empty default ('') behaving like 'hidden'."),
      {.name = "passthrough_request_headers", .type = FieldType::comma_list, .description = "A list of headers to whitelist and pass from the request to the plugin."},
      {.name = "allowed_response_headers", .type = FieldType::comma_list, .description = "A list of headers to whitelist and allow a plugin to set on responses."},
      text_field("token_type", "The type of token to issue (service or batch)."),
      text_field("plugin_version", "The semantic version of the plugin to use."),
      {.name = "user_lockout_config", .type = FieldType::map, .description = "The user lockout configuration to pass into the backend. Should be a json object with string keys and values."},
  };
}

base::Status apply_tuning(MountEntry& entry, const logical::Fields& fields, std::string_view builtin_version) {
  TRY(tune_times(entry, fields));
  TRY(tune_lockout(entry, fields.json("user_lockout_config")));
  if (fields.has("description")) entry.description = fields.string("description");
  TRY(tune_version(entry, fields, builtin_version));
  if (fields.has("listing_visibility")) {
    TRY(check_visibility(fields.string("listing_visibility")));
    entry.config.listing_visibility = fields.string("listing_visibility");
  }
  TRY(tune_token_type(entry, fields));
  tune_lists(entry.config, fields);
  return {};
}

}  // namespace bao::core::sys
