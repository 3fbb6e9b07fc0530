#include "internal/core/system/mount_description.h"

#include <array>
#include <utility>

#include "internal/base/time_format.h"

namespace bao::core::sys {
namespace {

using codec::Json;

// The core's own mounts are no plugins: they have no deprecation status.
bool is_core_type(std::string_view type) {
  for (std::string_view own : {"system", "cubbyhole", "identity", "token", "ns_system", "ns_cubbyhole", "ns_identity",
                               "ns_token"}) {
    if (type == own) return true;
  }
  return false;
}

Json options_of(const MountEntry& entry) {
  if (!entry.options) return nullptr;
  Json out = Json::object();
  for (const auto& [name, value] : *entry.options) out.set(name, value);
  return out;
}

void set_lists(Json& out, const MountConfig& config) {
  const std::array<std::pair<const char*, const std::vector<std::string>*>, 4> kLists = {{
      {"audit_non_hmac_request_keys", &config.audit_non_hmac_request_keys},
      {"audit_non_hmac_response_keys", &config.audit_non_hmac_response_keys},
      {"passthrough_request_headers", &config.passthrough_request_headers},
      {"allowed_response_headers", &config.allowed_response_headers},
  }};
  for (const auto& [name, list] : kLists) {
    if (!list->empty()) out.set(name, Json::strings(*list));
  }
  if (!config.listing_visibility.empty()) out.set("listing_visibility", config.listing_visibility);
}

Json nanoseconds_as_seconds(const Json& value) {
  const auto nanoseconds = value.as_int();
  return nanoseconds.ok() ? *nanoseconds / 1'000'000'000 : 0;
}

// At rest the times are nanoseconds, named as Go names the members.
Json lockout_of(const Json& stored) {
  Json out = Json::object();
  const Json& threshold = stored["lockout_threshold"];
  out.set("user_lockout_threshold", threshold.is_number() ? threshold : Json(0));
  out.set("user_lockout_duration", nanoseconds_as_seconds(stored["lockout_duration"]));
  out.set("user_lockout_counter_reset_duration", nanoseconds_as_seconds(stored["lockout_counter_reset"]));
  out.set("user_lockout_disable", stored["disable_lockout"].as_bool());
  return out;
}

Json describe_config(const MountEntry& entry) {
  const MountConfig& config = entry.config;
  Json out = Json::object();
  out.set("default_lease_ttl", base::whole_seconds(config.default_lease_ttl));
  out.set("max_lease_ttl", base::whole_seconds(config.max_lease_ttl));
  out.set("force_no_cache", config.force_no_cache);
  set_lists(out, config);
  if (entry.table == "auth") out.set("token_type", token_type_name(config.token_type));
  if (config.user_lockout.is_object()) out.set("user_lockout_config", lockout_of(config.user_lockout));
  return out;
}

}  // namespace

std::string_view token_type_name(int token_type) {
  constexpr std::array<std::string_view, 5> kNames = {"default-service", "service", "batch", "default-service",
                                                      "default-batch"};
  return token_type >= 0 && token_type < 5 ? kNames[static_cast<size_t>(token_type)] : std::string_view();
}

Json describe_mount(const MountEntry& entry, std::string_view version) {
  Json out = Json::object();
  out.set("type", entry.type);
  out.set("description", entry.description);
  out.set("accessor", entry.accessor);
  out.set("local", entry.local);
  out.set("seal_wrap", entry.seal_wrap);
  out.set("external_entropy_access", entry.external_entropy_access);
  out.set("options", options_of(entry));
  out.set("uuid", entry.uuid);
  out.set("plugin_version", entry.plugin_version);
  out.set("running_plugin_version", entry.running_plugin_version.empty()
                                        ? "v" + std::string(version) + "+builtin.bao"
                                        : entry.running_plugin_version);
  out.set("running_sha256", entry.running_sha256);
  if (!is_core_type(entry.type)) out.set("deprecation_status", "supported");
  out.set("config", describe_config(entry));
  return out;
}

Json describe_listed_mount(const MountEntry& entry) {
  Json out = Json::object();
  out.set("type", entry.type);
  out.set("description", entry.description);
  out.set("options", options_of(entry));
  return out;
}

Json describe_tuning(const Mount& mount) {
  const MountEntry& entry = mount.entry;
  Json out = Json::object();
  out.set("description", entry.description);
  out.set("default_lease_ttl", base::whole_seconds(mount.default_lease_ttl));
  out.set("max_lease_ttl", base::whole_seconds(mount.max_lease_ttl));
  out.set("force_no_cache", entry.config.force_no_cache);
  if (entry.external_entropy_access) out.set("external_entropy_access", true);
  if (entry.table == "auth") out.set("token_type", token_type_name(entry.config.token_type));
  set_lists(out, entry.config);
  if (entry.config.user_lockout.is_object()) {
    const Json lockout = lockout_of(entry.config.user_lockout);  // outlives the loop
    for (const auto& [name, value] : lockout.members()) out.set(name, value);
  }
  if (entry.options && !entry.options->empty()) out.set("options", options_of(entry));
  if (!entry.plugin_version.empty()) out.set("plugin_version", entry.plugin_version);
  return out;
}

}  // namespace bao::core::sys
