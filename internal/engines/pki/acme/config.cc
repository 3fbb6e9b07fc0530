#include "internal/engines/pki/acme/config.h"

#include <algorithm>
#include <cstdlib>

#include "internal/base/letters.h"
#include "internal/crypto/x509/alternative_names.h"
#include "internal/engines/pki/acme/layout.h"
#include "internal/engines/pki/acme/stored.h"

namespace bao::engines::pki::acme {
namespace {

using codec::Json;

constexpr const char* kBindings[] = {"not-required", "new-account-required", "always-required"};
constexpr std::string_view kRolePrefix = "role:";

base::Result<ExternalBinding> binding_of(std::string_view text) {
  std::string name(text);
  std::erase_if(name, [](unsigned char c) { return std::isspace(c) != 0; });
  name = base::lower_case(name);
  for (size_t i = 0; i < std::size(kBindings); ++i) {
    if (name == kBindings[i]) return static_cast<ExternalBinding>(i);
  }
  return base::invalid("invalid eab policy name provided, valid values are 'not-required', 'new-account-required', 'always-required'");
}

base::Status check_directory_policy(const std::string& policy) {
  if (policy == "forbid" || policy == "sign-verbatim") return {};
  if (policy == kRolePrefix) return base::invalid("invalid default_directory_policy: no role specified by policy " + policy);
  if (policy.starts_with(kRolePrefix)) return {};
  return base::invalid("invalid default_directory_policy: string " + policy + " not a valid Default Directory Policy");
}

// "address:port", IPv6 in brackets: Go's net.SplitHostPort, as far as its errors are seen.
base::Status check_resolver(const std::string& text) {
  static const std::string kFailed = "failed to parse DNS resolver address: ";
  const auto refused = [&](const char* why) { return base::invalid(kFailed + "address " + text + ": " + why); };
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos) return refused("missing port in address");
  std::string host = text.substr(0, colon);
  if (host.starts_with('[')) {
    if (!host.ends_with(']')) return refused(text.find(']') == std::string::npos ? "missing ']' in address" : "missing port in address");
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string::npos) {
    return refused("too many colons in address");
  }
  if (host.empty()) return base::invalid(kFailed + "got empty address");
  if (!crypto::x509::parse_address(host)) return base::invalid(kFailed + "expected IPv4/IPv6 address, likely got hostname");
  return {};
}

// Nothing allowed at all is a mistake, and "*" stands alone.
base::Status check_list(const std::vector<std::string>& names, const std::string& field, const std::string& kind) {
  if (names.empty()) {
    return base::invalid(field + " must take a non-zero length value; specify '*' as the value to allow anything or specify enabled=false to disable ACME entirely");
  }
  if (names.size() == 1) return {};
  const auto any = std::find(names.begin(), names.end(), "*");
  if (any == names.end()) return {};
  return base::invalid("cannot use '*' as " + kind + " name at index " + std::to_string(any - names.begin()));
}


}  // namespace

Json Config::shown() const {
  return Json::object({{"allowed_issuers", Json::strings(allowed_issuers)},
                       {"allowed_roles", Json::strings(allowed_roles)},
                       {"allow_role_ext_key_usage", allow_role_ext_key_usage},
                       {"default_directory_policy", default_directory_policy},
                       {"dns_resolver", dns_resolver},
                       {"eab_policy", kBindings[static_cast<size_t>(external_binding)]},
                       {"enabled", enabled}});
}

base::Result<Config> Config::changed_by(const logical::Fields& fields) const {
  Config changed = *this;
  if (fields.has("enabled")) changed.enabled = fields.boolean("enabled");
  if (fields.has("allowed_roles")) changed.allowed_roles = fields.strings("allowed_roles");
  if (fields.has("allow_role_ext_key_usage")) changed.allow_role_ext_key_usage = fields.boolean("allow_role_ext_key_usage");
  if (fields.has("default_directory_policy")) changed.default_directory_policy = fields.string("default_directory_policy");
  if (fields.has("allowed_issuers")) changed.allowed_issuers = fields.strings("allowed_issuers");
  if (fields.has("dns_resolver")) changed.dns_resolver = fields.string("dns_resolver");
  TRY(check_list(changed.allowed_roles, "allowed_roles", "role"));
  TRY(check_list(changed.allowed_issuers, "allowed_issuers", "issuer"));
  if (!changed.dns_resolver.empty()) TRY(check_resolver(changed.dns_resolver));
  if (fields.has("eab_policy")) {
    ASSIGN_OR_RETURN(changed.external_binding, binding_of(fields.string("eab_policy")));
  }
  TRY(check_directory_policy(changed.default_directory_policy));
  return changed;
}

std::string Config::default_role() const {
  return default_directory_policy.starts_with(kRolePrefix) ? default_directory_policy.substr(kRolePrefix.size()) : "";
}

bool Config::is_open() const { return enabled && (external_binding == ExternalBinding::always_required || !public_acme_is_disabled()); }

base::Result<Config> read_config(const storage::ReadView& view) {
  Config config;
  ASSIGN_OR_RETURN(const auto bytes, view.get(layout::kConfig));
  if (!bytes) return config;
  ASSIGN_OR_RETURN(config.stored, codec::parse_json(*bytes));
  const Json& stored = config.stored;
  config.enabled = stored["enabled"].as_bool();
  config.allowed_issuers = strings_of(stored["allowed_issuers="]);  // so written there
  config.allowed_roles = strings_of(stored["allowed_roles"]);
  config.allow_role_ext_key_usage = stored["allow_role_ext_key_usage"].as_bool();
  config.default_directory_policy = stored["default_directory_policy"].as_string();
  config.dns_resolver = stored["dns_resolver"].as_string();
  // What can't be read shuts rather than opens, as there.
  const auto binding = binding_of(stored["eab_policy_name"].as_string());
  config.external_binding = binding.ok() ? *binding : ExternalBinding::always_required;
  return config;
}

base::Status put_config(storage::WriteView& view, const Config& config) {
  Json entry = config.stored;
  entry.set("enabled", config.enabled);
  entry.set("allowed_issuers=", Json::strings(config.allowed_issuers));
  entry.set("allowed_roles", Json::strings(config.allowed_roles));
  entry.set("allow_role_ext_key_usage", config.allow_role_ext_key_usage);
  entry.set("default_directory_policy", config.default_directory_policy);
  entry.set("dns_resolver", config.dns_resolver);
  entry.set("eab_policy_name", kBindings[static_cast<size_t>(config.external_binding)]);
  return view.put(layout::kConfig, codec::write_json(entry) + "\n");
}

std::vector<logical::Field> config_fields() {
  using logical::FieldType;
  return {{"enabled", FieldType::boolean, "Whether ACME is served."},
          {"allowed_issuers", FieldType::comma_list, "Issuers that may issue by ACME; * for all.", Json::strings({"*"})},
          {"allowed_roles", FieldType::comma_list, "Roles that ACME may be asked under; * for all.", Json::strings({"*"})},
          {"allow_role_ext_key_usage", FieldType::boolean, "Whether a role's extended key usages count; else certificates are for servers."},
          {"default_directory_policy", FieldType::string, "What holds in directories without a role: sign-verbatim, forbid or role:NAME.",
           "sign-verbatim"},
          {"dns_resolver", FieldType::string, "The server to ask for names, address:port; the machine's by default."},
          {"eab_policy", FieldType::string, "Whether accounts must be bound to keys that were given out: not-required, new-account-required or always-required.",
           "always-required"}};
}

bool public_acme_is_disabled() {
  const char* set = std::getenv("BAO_DISABLE_PUBLIC_ACME");
  if (set == nullptr) return false;
  static constexpr std::string_view kFalse[] = {"0", "f", "F", "false", "FALSE", "False"};
  return std::find(std::begin(kFalse), std::end(kFalse), set) == std::end(kFalse);
}

}  // namespace bao::engines::pki::acme
