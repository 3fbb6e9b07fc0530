#include "internal/server/listeners.h"

#include <charconv>

#include "internal/base/time_format.h"

namespace bao::server {
namespace {

// Classes in the order of rising precedence: "default", "2xx", "404".
void add_headers(const config::Listener& listener, std::vector<http::StatusHeaders>& into) {
  const auto rank = [](const std::string& status) { return status == "default" ? 0 : status.ends_with("xx") ? 1 : 2; };
  for (int wanted = 0; wanted < 3; ++wanted) {
    for (const auto& [status, headers] : listener.custom_response_headers) {
      if (rank(status) != wanted) continue;
      http::StatusHeaders group{status, {}};
      for (const auto& [name, values] : headers) {
        std::string joined;
        for (const std::string& value : values) joined += (joined.empty() ? "" : "; ") + value;
        group.headers.emplace_back(name, std::move(joined));
      }
      into.push_back(std::move(group));
    }
  }
}

size_t limit_of(int64_t configured, size_t fallback) { return configured > 0 ? static_cast<size_t>(configured) : fallback; }

http::ListenerOptions options_of(const config::Config& config, const config::Listener& listener) {
  http::ListenerOptions options;
  options.address = listener.address;
  options.tls = !listener.tls_disable;
  options.tls_files.certificate_file = listener.tls_cert_file;
  options.tls_files.key_file = listener.tls_key_file;
  options.tls_files.client_ca_file = listener.tls_client_ca_file;
  options.tls_files.require_client_certificate = listener.tls_require_and_verify_client_cert;
  options.tls_files.disable_client_certificates = listener.tls_disable_client_certs;
  options.tls_files.minimum_version = listener.tls_min_version;
  options.tls_files.maximum_version = listener.tls_max_version;
  options.tls_files.cipher_suites = listener.tls_cipher_suites;
  options.body_bytes_max = limit_of(listener.max_request_size, base::kRequestBodyBytesMax);
  options.json_strings_max = limit_of(listener.max_request_json_strings, base::kRequestJsonStringsMax);
  options.json_bytes_max = limit_of(listener.max_request_json_memory, base::kRequestJsonBytesMax);
  options.standby_health_code = static_cast<int>(listener.standby_health_code);
  options.generate_root_without_token = !listener.disable_unauthed_generate_root_endpoints;
  options.rekey_without_token = !listener.disable_unauthed_rekey_endpoints;
  options.profiles_for_anybody = listener.unauthenticated_pprof_access;
  options.unsafe_relative_paths = listener.unsafe_relative_paths || config.unsafe_relative_paths;
  options.disable_printable_check = listener.disable_printable_check || config.disable_printable_check;
  if (listener.http_read_header_timeout.count() > 0) options.header_timeout = listener.http_read_header_timeout;
  if (listener.http_idle_timeout.count() > 0) options.idle_timeout = listener.http_idle_timeout;
  if (listener.http_read_timeout.count() > 0) options.body_timeout = listener.http_read_timeout;
  if (listener.http_write_timeout.count() > 0) options.write_timeout = listener.http_write_timeout;
  add_headers(listener, options.custom_headers);
  options.origin = listener.origin;
  if (listener.type == "unix") {
    options.tls = false;  // whom the file's mode lets in
    options.socket_file = net::SocketFile{listener.address, listener.socket_mode, listener.socket_user, listener.socket_group};
  }
  return options;
}

std::string quoted(const std::string& name, const std::string& value) { return name + ": \"" + value + "\""; }

}  // namespace

base::Result<std::vector<http::ListenerOptions>> listener_options(const config::Config& config) {
  std::vector<http::ListenerOptions> all;
  for (const config::Listener& listener : config.listeners) {
    all.push_back(options_of(config, listener));
  }
  return all;
}

const config::Listener* first_tcp(const config::Config& config) {
  for (const config::Listener& listener : config.listeners) {
    if (listener.type == "tcp") return &listener;
  }
  return nullptr;
}

std::string next_port(const std::string& address) {
  const size_t colon = address.rfind(':');
  int port = 0;
  if (colon == std::string::npos ||
      std::from_chars(address.data() + colon + 1, address.data() + address.size(), port).ec != std::errc()) {
    return "";
  }
  return address.substr(0, colon + 1) + std::to_string(port + 1);
}

std::string listener_line(const config::Listener& listener) {
  const bool file = listener.type == "unix";
  const std::string cluster = listener.cluster_address.empty() ? next_port(listener.address) : listener.cluster_address;
  return listener.type + " (" + quoted("addr", listener.address) + ", " + (file ? "" : quoted("cluster address", cluster) + ", ") +
         quoted("max_request_duration", base::format_go_duration(listener.max_request_duration)) + ", " +
         quoted("max_request_json_memory", std::to_string(listener.max_request_json_memory)) + ", " +
         quoted("max_request_json_strings", std::to_string(listener.max_request_json_strings)) + ", " +
         quoted("max_request_size", std::to_string(listener.max_request_size)) + ", " +
         quoted("tls", listener.tls_disable || file ? "disabled" : "enabled") + ")";
}

}  // namespace bao::server
