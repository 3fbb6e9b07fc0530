#include "internal/config/schema.h"

#include "internal/base/time_format.h"
#include "internal/config/convert.h"

namespace bao::config {
namespace {

using C = Config;
using L = Listener;
using enum Type;
using enum Effect;

constexpr Key<Config> kTopLevel[] = {
    {"api_addr", text, &C::api_addr},
    {"cluster_addr", text, &C::cluster_addr},
    {"cluster_name", text, &C::cluster_name},
    {"cluster_cipher_suites", text, {}, unsupported},
    {"default_lease_ttl", duration, &C::default_lease_ttl},
    {"max_lease_ttl", duration, &C::max_lease_ttl},
    {"default_max_request_duration", duration, &C::default_max_request_duration},
    {"cache_size", integer, {}, none},
    {"disable_cache", boolean, {}, none},
    {"ui", boolean, &C::ui},
    {"log_level", text, &C::log_level},
    {"log_format", text, &C::log_format},
    {"log_file", text, &C::log_file},
    {"log_rotate_bytes", integer, &C::log_rotate_bytes},
    {"log_rotate_duration", text, &C::log_rotate_duration},
    {"log_rotate_max_files", integer, &C::log_rotate_max_files},
    {"log_requests_level", text, &C::log_requests_level},
    {"pid_file", text, &C::pid_file},
    {"disable_clustering", boolean, &C::disable_clustering},
    {"disable_printable_check", boolean, &C::disable_printable_check},
    {"disable_performance_standby", boolean, {}, none},
    {"disable_sealwrap", boolean, {}, none},
    {"disable_indexing", boolean, {}, none},
    {"disable_sentinel_trace", boolean, {}, none},
    {"disable_mlock", boolean, {}, none},
    {"disable_standby_reads", boolean, &C::disable_standby_reads},
    {"raw_storage_endpoint", boolean, &C::raw_storage_endpoint},
    {"introspection_endpoint", boolean, &C::introspection_endpoint},
    {"enable_core_dumps", boolean, &C::enable_core_dumps},
    {"enable_response_header_hostname", boolean, {}, unsupported},
    {"enable_response_header_raft_node_id", boolean, {}, unsupported},
    {"unsafe_allow_api_audit_creation", boolean, &C::unsafe_allow_api_audit_creation},
    {"allow_audit_log_prefixing", boolean, &C::allow_audit_log_prefixing},
    {"unsafe_allow_audit_log_raw", boolean, &C::unsafe_allow_audit_log_raw},
    {"audit_file_folders", texts, &C::audit_file_folders},
    {"unsafe_cross_namespace_identity", boolean, {}, unsupported},
    {"unsafe_relative_paths", boolean, &C::unsafe_relative_paths},
    {"allow_unauthenticated_workflows", boolean, {}, unsupported},
    {"imprecise_lease_role_tracking", boolean, {}, none},
    {"detect_deadlocks", text, {}, none},
    {"plugin_directory", text, {}, unsupported},
    {"plugin_file_uid", integer, {}, unsupported},
    {"plugin_file_permissions", text, {}, unsupported},
    {"plugin_auto_download", boolean, {}, unsupported},
    {"plugin_auto_register", boolean, {}, unsupported},
    {"plugin_download_behavior", text, {}, unsupported},
    {"plugin_download_max_size", integer, {}, unsupported},
    {"telemetry", block},
    {"storage", block},
    {"backend", block},
    {"ha_storage", block, {}, unsupported},
    {"ha_backend", block, {}, unsupported},
    {"listener", block},
    {"outbound_requests", block},
    {"seal", block},
    {"kms", block},
    {"hsm", block},
    {"user_lockout", block},
    {"audit", block},
    {"plugin", block, {}, unsupported},
    {"initialize", block},
    {"service_registration", block, {}, unsupported},
};

constexpr Key<Listener> kListener[] = {
    {"type", text},
    {"address", text, &L::address},
    {"cluster_address", text, &L::cluster_address},
    {"purpose", texts, {}, none},
    {"role", text, {}, unsupported},
    {"max_request_size", integer, &L::max_request_size},
    {"max_request_json_memory", integer, &L::max_request_json_memory},
    {"max_request_json_strings", integer, &L::max_request_json_strings},
    {"max_request_duration", duration, &L::max_request_duration},
    {"require_request_header", boolean, {}, unsupported},
    {"tls_disable", boolean, &L::tls_disable},
    {"tls_cert_file", text, &L::tls_cert_file},
    {"tls_key_file", text, &L::tls_key_file},
    {"tls_client_ca_file", text, &L::tls_client_ca_file},
    {"tls_min_version", text, &L::tls_min_version},
    {"tls_max_version", text, &L::tls_max_version},
    {"tls_cipher_suites", texts, &L::tls_cipher_suites},
    {"tls_require_and_verify_client_cert", boolean, &L::tls_require_and_verify_client_cert},
    {"tls_disable_client_certs", boolean, &L::tls_disable_client_certs},
    {"http_read_timeout", duration, &L::http_read_timeout},
    {"http_read_header_timeout", duration, &L::http_read_header_timeout},
    {"http_write_timeout", duration, &L::http_write_timeout},
    {"http_idle_timeout", duration, &L::http_idle_timeout},
    {"disable_unauthed_rekey_endpoints", boolean, &L::disable_unauthed_rekey_endpoints},
    {"disable_unauthed_generate_root_endpoints", boolean, &L::disable_unauthed_generate_root_endpoints},
    {"standby_health_code", integer, &L::standby_health_code},
    {"custom_response_headers", block},
    {"telemetry", block, {}, unsupported},
    {"profiling", block},
    {"inflight_requests_logging", block, {}, unsupported},
    {"agent_api", block, {}, none},
    {"proxy_api", block, {}, none},
    {"cors_enabled", boolean, {}, unsupported},
    {"cors_allowed_origins", texts, {}, unsupported},
    {"cors_allowed_headers", texts, {}, unsupported},
    {"cors_allow_credentials", boolean, {}, unsupported},
    {"socket_mode", text, &L::socket_mode},
    {"socket_user", text, &L::socket_user},
    {"socket_group", text, &L::socket_group},
    {"proxy_protocol_behavior", text, {}, unsupported},
    {"proxy_protocol_authorized_addrs", texts, {}, unsupported},
    {"x_forwarded_for_authorized_addrs", texts, {}, unsupported},
    {"x_forwarded_for_hop_skips", integer, {}, unsupported},
    {"x_forwarded_for_reject_not_present", boolean, {}, unsupported},
    {"x_forwarded_for_reject_not_authorized", boolean, {}, unsupported},
    {"x_forwarded_for_client_cert_header", text, {}, unsupported},
    {"x_forwarded_for_client_cert_decoders", texts, {}, unsupported},
    {"x_forwarded_for_client_cert_keep_not_forwarded", boolean, {}, unsupported},
    {"x_forwarded_for_client_cert_keep_unauthorized", boolean, {}, unsupported},
    {"tls_acme_cache_path", text, {}, unsupported},
    {"tls_acme_ca_directory", text, {}, unsupported},
    {"tls_acme_test_ca_directory", text, {}, unsupported},
    {"tls_acme_ca_root", text, {}, unsupported},
    {"tls_acme_eab_key_id", text, {}, unsupported},
    {"tls_acme_eab_mac_key", text, {}, unsupported},
    {"tls_acme_key_type", text, {}, unsupported},
    {"tls_acme_email", text, {}, unsupported},
    {"tls_acme_domains", texts, {}, unsupported},
    {"tls_acme_disable_http_challenge", boolean, {}, unsupported},
    {"tls_acme_disable_alpn_challenge", boolean, {}, unsupported},
};

template <typename Owner, typename Value>
void put(const Member<Owner>& member, Owner& owner, Value value) {
  std::visit(
      [&](auto target) {
        using Target = decltype(target);
        if constexpr (!std::is_same_v<Target, std::monostate>) {
          if constexpr (std::is_assignable_v<decltype(owner.*target), Value> &&
                        (std::is_same_v<Target, Value Owner::*> || std::is_same_v<Target, std::optional<Value> Owner::*>)) {
            owner.*target = std::move(value);
          }
        }
      },
      member);
}

template <typename Owner, typename Value>
codec::Json keep(const Key<Owner>& key, Owner& owner, Value value) {
  codec::Json shown;
  if constexpr (std::is_same_v<Value, base::Duration>) shown = codec::Json(value.count());
  else if constexpr (std::is_same_v<Value, std::vector<std::string>>) shown = codec::Json::strings(value);
  else shown = codec::Json(value);
  put(key.member, owner, std::move(value));
  return shown;
}

}  // namespace

std::span<const Key<Config>> top_level_keys() { return kTopLevel; }
std::span<const Key<Listener>> listener_keys() { return kListener; }

template <typename Owner>
base::Result<codec::Json> store(const Key<Owner>& key, const codec::HclValue& value, Owner& owner) {
  const std::string name(key.name);
  switch (key.type) {
    case text: {
      ASSIGN_OR_RETURN(std::string converted, to_text(value, name));
      return keep(key, owner, std::move(converted));
    }
    case boolean: {
      ASSIGN_OR_RETURN(const bool converted, to_bool(value));
      return keep(key, owner, converted);
    }
    case integer: {
      ASSIGN_OR_RETURN(const int64_t converted, to_integer(value));
      return keep(key, owner, converted);
    }
    case duration: {
      ASSIGN_OR_RETURN(const base::Duration converted, to_duration(value));
      return keep(key, owner, converted);
    }
    case texts: {
      ASSIGN_OR_RETURN(std::vector<std::string> converted, to_texts(value, name));
      return keep(key, owner, std::move(converted));
    }
    case block: break;
  }
  return as_decoded(value);
}
template base::Result<codec::Json> store(const Key<Config>&, const codec::HclValue&, Config&);
template base::Result<codec::Json> store(const Key<Listener>&, const codec::HclValue&, Listener&);

}  // namespace bao::config
