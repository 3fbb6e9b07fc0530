#include "internal/cli/client_settings.h"

#include <charconv>

#include "internal/api/address.h"
#include "internal/base/time_format.h"
#include "internal/cli/environment.h"
#include "internal/cli/go_values.h"

namespace bao::cli {
namespace {

constexpr std::string_view kNotSet = "(not set)";

std::string joined(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& item : items) out += (out.empty() ? "" : ", ") + item;
  return out;
}

// "team/" of "team"; the root namespace is "".
std::string canonical_namespace(std::string path) {
  while (path.starts_with('/')) path.erase(0, 1);
  while (path.ends_with('/')) path.pop_back();
  return path.empty() || path == "root" ? "" : path + "/";
}

// rate[:burst], of which the CLI makes one request at a time and so needs only that it can be read.
bool is_rate_limit(std::string_view text) {
  double rate = 0;
  const size_t colon = text.find(':');
  const std::string_view first = text.substr(0, colon);
  auto [end, error] = std::from_chars(first.data(), first.data() + first.size(), rate);
  if (error != std::errc() || end != first.data() + first.size()) return false;
  if (colon == std::string_view::npos) return true;
  const std::string_view second = text.substr(colon + 1);
  int burst = 0;
  const auto result = std::from_chars(second.data(), second.data() + second.size(), burst);
  return result.ec == std::errc() && result.ptr == second.data() + second.size();
}

base::Status read_retries(api::ClientOptions& options) {
  options.retries_max = 0;  // the CLI doesn't retry unless told to
  const std::string text = environment_or_empty("BAO_MAX_RETRIES");
  if (text.empty()) return {};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), options.retries_max);
  if (error != std::errc() || end != text.data() + text.size()) {
    return base::invalid("strconv.ParseInt: parsing " + go_quoted(text) + ": invalid syntax");
  }
  return {};
}

api::TlsOptions tls_of_environment(bool skip_verify) {
  api::TlsOptions tls;
  tls.ca_cert_file = environment_or_empty("BAO_CACERT");
  tls.ca_cert_pem = environment_or_empty("BAO_CACERT_BYTES");
  tls.ca_path = environment_or_empty("BAO_CAPATH");
  tls.client_cert_file = environment_or_empty("BAO_CLIENT_CERT");
  tls.client_key_file = environment_or_empty("BAO_CLIENT_KEY");
  tls.client_cert_pem = environment_or_empty("BAO_CLIENT_CERT_BYTES");
  tls.client_key_pem = environment_or_empty("BAO_CLIENT_KEY_BYTES");
  tls.server_name = environment_or_empty("BAO_TLS_SERVER_NAME");
  tls.skip_verify = skip_verify;
  return tls;
}

base::Result<bool> boolean_variable(std::string_view name) {
  const std::string text = environment_or_empty(name);
  if (text.empty()) return false;
  const auto value = parse_boolean(text);
  if (!value.ok()) return base::invalid("could not parse " + std::string(name));
  return value;
}

base::Status read_environment(api::ClientOptions& options) {
  TRY(read_retries(options));
  if (const std::string text = environment_or_empty("BAO_RATE_LIMIT"); !text.empty() && !is_rate_limit(text)) {
    return base::invalid("BAO_RATE_LIMIT was provided but incorrectly formatted");
  }
  if (const std::string text = environment_or_empty("BAO_CLIENT_TIMEOUT"); !text.empty()) {
    const auto timeout = base::parse_api_duration(text);
    if (!timeout.ok()) return base::invalid("could not parse \"BAO_CLIENT_TIMEOUT\"");
    if (timeout->count() != 0) options.timeout = *timeout;
  }
  ASSIGN_OR_RETURN(const bool skip_verify, boolean_variable("BAO_SKIP_VERIFY"));
  TRY(boolean_variable("BAO_SRV_LOOKUP"));
  TRY(boolean_variable("BAO_DISABLE_REDIRECTS"));
  options.proxy = environment_or_empty("BAO_PROXY_ADDR");
  if (options.proxy.empty()) options.proxy = environment_or_empty("BAO_HTTP_PROXY");
  options.tls = tls_of_environment(skip_verify);
  return api::check_tls(options.tls);
}

// TLS flags, each beside what the environment said: a trust named by flag replaces the environment's.
base::Status read_tls_flags(api::TlsOptions& tls, const FlagValues& flags) {
  api::TlsOptions named;
  named.ca_cert_file = flags.text("ca-cert");
  named.ca_path = flags.text("ca-path");
  named.client_cert_file = flags.text("client-cert");
  named.client_key_file = flags.text("client-key");
  TRY(api::check_tls(named));
  if (!named.ca_cert_file.empty() || !named.ca_path.empty()) {
    tls.ca_cert_file = named.ca_cert_file;
    tls.ca_path = named.ca_path;
    tls.ca_cert_pem.clear();
  }
  if (!named.client_cert_file.empty()) {
    tls.client_cert_file = named.client_cert_file;
    tls.client_key_file = named.client_key_file;
  }
  if (!flags.text("tls-server-name").empty()) tls.server_name = flags.text("tls-server-name");
  if (flags.boolean("tls-skip-verify")) tls.skip_verify = true;
  return {};
}

base::Status read_headers(api::ClientOptions& options, const FlagValues& flags) {
  std::vector<std::string> forbidden;
  for (const auto& [name, value] : flags.map("header")) {
    if (name.starts_with("X-Vault-")) {
      forbidden.push_back(name);
    } else {
      options.headers.emplace_back(name, value);
    }
  }
  if (forbidden.empty()) return {};
  return base::invalid("failed to setup Headers[" + joined(forbidden) +
                       "]: Header starting by 'X-Vault-' are for internal usage only");
}

std::string namespace_of(const FlagValues& flags) {
  const std::string& short_form = flags.text("ns");
  const std::string& chosen = short_form != kNotSet ? short_form : flags.text("namespace");
  return chosen == kNotSet ? "" : canonical_namespace(chosen);
}

}  // namespace

base::Result<api::ClientOptions> client_options(const FlagValues& flags) {
  api::ClientOptions options;
  if (const auto status = read_environment(options); !status.ok()) {
    return status.error().within("failed to read environment");
  }
  if (!flags.text("address").empty()) options.address = flags.text("address");
  if (!flags.text("agent-address").empty()) options.address = flags.text("agent-address");
  if (const auto status = read_tls_flags(options.tls, flags); !status.ok()) {
    return status.error().within("failed to setup TLS config");
  }
  if (const auto address = api::parse_address(options.address); !address.ok()) {
    return address.error().within("failed to create client");
  }
  options.no_redirect = flags.boolean("disable-redirects");
  options.policy_override = flags.boolean("policy-override");
  options.mfa = flags.list("mfa");
  options.namespace_path = namespace_of(flags);
  TRY(read_headers(options, flags));
  return options;
}

}  // namespace bao::cli
