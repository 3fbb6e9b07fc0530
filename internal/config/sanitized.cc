// sys/config/state/sanitized: everything that is no secret, with the reference's names and units.
#include "internal/base/time_format.h"
#include "internal/config/config.h"

namespace bao::config {
namespace {

using codec::Json;

// Known keys that nothing acts on, with what they show when they aren't given.
struct Shown {
  const char* name;
  Json absent;
};

void add_others(const Config& config, Json& out) {
  const Shown kShown[] = {{"cache_size", 0}, {"disable_cache", false}, {"cluster_cipher_suites", ""},
                          {"plugin_directory", ""}, {"plugin_file_uid", 0}, {"disable_performance_standby", false},
                          {"disable_sealwrap", false}, {"disable_indexing", false}, {"disable_sentinel_trace", false},
                          {"enable_response_header_hostname", false}, {"enable_response_header_raft_node_id", false},
                          {"detect_deadlocks", ""}, {"imprecise_lease_role_tracking", false},
                          {"unsafe_cross_namespace_identity", false}};
  for (const Shown& shown : kShown) {
    const Json* given = config.others.find(shown.name);
    out.set(shown.name, given == nullptr ? shown.absent : *given);
  }
  int64_t permissions = 0;
  for (const char c : config.others["plugin_file_permissions"].as_string()) {
    permissions = c >= '0' && c <= '7' ? permissions * 8 + (c - '0') : permissions;
  }
  out.set("plugin_file_permissions", permissions);
}

void add_log(const Config& config, Json& out) {
  out.set("log_level", config.log_level);
  out.set("log_format", config.log_format);
  out.set("log_requests_level", config.log_requests_level);
  if (!config.log_file.empty()) out.set("log_file", config.log_file);
  if (config.log_rotate_bytes != 0) out.set("log_rotate_bytes", config.log_rotate_bytes);
  if (!config.log_rotate_duration.empty()) out.set("log_rotate_duration", config.log_rotate_duration);
  if (config.log_rotate_max_files != 0) out.set("log_rotate_max_files", config.log_rotate_max_files);
}

Json storage_json(const Storage& storage) {
  Json out = Json::object({{"type", storage.type},
                           {"redirect_addr", storage.redirect_addr},
                           {"cluster_addr", storage.cluster_addr},
                           {"disable_clustering", storage.disable_clustering}});
  if (storage.type == "raft") {
    const Json& size = storage.options["max_entry_size"];
    out.set("raft", Json::object({{"max_entry_size", size.is_null() ? Json("") : Json(size.text())}}));
  }
  return out;
}

// The block without what a secret may stand in.
Json listener_config(const Listener& listener) {
  Json given = listener.given;
  given.erase("tls_acme_eab_mac_key");
  return given;
}

Json telemetry_json(const Json& given) {
  const Shown kShown[] = {{"statsite_address", ""}, {"statsd_address", ""}, {"disable_hostname", false},
                          {"metrics_prefix", "vault"}, {"usage_gauge_period", 600'000'000'000},
                          {"maximum_gauge_cardinality", 500}, {"circonus_api_app", ""}, {"circonus_api_url", ""},
                          {"circonus_submission_interval", ""}, {"circonus_submission_url", ""}, {"circonus_check_id", ""},
                          {"circonus_check_force_metric_activation", ""}, {"circonus_check_instance_id", ""},
                          {"circonus_check_search_tag", ""}, {"circonus_check_tags", ""},
                          {"circonus_check_display_name", ""}, {"circonus_broker_id", ""},
                          {"circonus_broker_select_tag", ""}, {"dogstatsd_addr", ""}, {"dogstatsd_tags", nullptr},
                          {"prometheus_retention_time", 86'400'000'000'000}, {"stackdriver_project_id", ""},
                          {"stackdriver_location", ""}, {"stackdriver_namespace", ""}, {"stackdriver_debug_logs", false},
                          {"lease_metrics_epsilon", 3'600'000'000'000}, {"num_lease_metrics_buckets", 168},
                          {"add_lease_metrics_namespace_labels", false}};
  Json out = Json::object({{"circonus_api_token", ""}});
  for (const Shown& shown : kShown) {
    const Json* value = given.find(shown.name);
    const bool is_time = shown.absent.is_number() && shown.absent.text().size() > 9;
    if (value == nullptr) {
      out.set(shown.name, shown.absent);
    } else if (const auto time = base::parse_api_duration(value->text()); is_time && time.ok()) {
      out.set(shown.name, time->count());
    } else {
      out.set(shown.name, *value);
    }
  }
  return out;
}

Json lockouts_json(const Config& config) {
  Json out = Json::array();
  for (const auto& [type, lockout] : config.user_lockouts) {
    out.push_back(Json::object({{"type", type},
                                {"lockout_threshold", lockout.threshold},
                                {"lockout_duration", lockout.duration.count()},
                                {"lockout_counter_reset", lockout.counter_reset.count()},
                                {"disable_lockout", lockout.disabled}}));
  }
  return out;
}

}  // namespace

Json sanitized(const Config& config) {
  Json out = Json::object({{"api_addr", config.api_addr},
                           {"cluster_addr", config.cluster_addr},
                           {"cluster_name", config.cluster_name},
                           {"default_lease_ttl", base::whole_seconds(config.default_lease_ttl)},
                           {"max_lease_ttl", base::whole_seconds(config.max_lease_ttl)},
                           {"disable_clustering", config.disable_clustering},
                           {"disable_printable_check", config.disable_printable_check},
                           {"enable_ui", config.ui},
                           {"introspection_endpoint", config.introspection_endpoint},
                           {"raw_storage_endpoint", config.raw_storage_endpoint},
                           {"pid_file", config.pid_file},
                           {"unsafe_allow_api_audit_creation", config.unsafe_allow_api_audit_creation},
                           {"allow_audit_log_prefixing", config.allow_audit_log_prefixing}});
  out.set("default_max_request_duration", config.default_max_request_duration.value_or(base::Duration{0}).count());
  add_others(config, out);
  add_log(config, out);
  if (config.storage) out.set("storage", storage_json(*config.storage));
  if (config.ha_storage) out.set("ha_storage", storage_json(*config.ha_storage));
  Json listeners = Json::array(), seals = Json::array();
  for (const Listener& listener : config.listeners) {
    listeners.push_back(Json::object({{"type", listener.type}, {"config", listener_config(listener)}}));
  }
  for (const Seal& seal : config.seals) {
    seals.push_back(Json::object({{"type", seal.type}, {"disabled", seal.disabled}}));
  }
  if (!listeners.empty()) out.set("listeners", std::move(listeners));
  if (seals.empty()) seals.push_back(Json::object({{"type", "shamir"}, {"disabled", false}}));
  out.set("seals", std::move(seals));
  if (!config.outbound_allow_private.empty()) {
    out.set("outbound_requests", Json::object({{"allow_private", Json::strings(config.outbound_allow_private)}}));
  }
  if (!config.user_lockouts.empty()) out.set("user_lockout_configs", lockouts_json(config));
  if (config.telemetry.is_object()) out.set("telemetry", telemetry_json(config.telemetry));
  return out;
}

}  // namespace bao::config
