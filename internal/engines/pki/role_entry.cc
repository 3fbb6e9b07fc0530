#include "internal/engines/pki/role_entry.h"

#include <algorithm>

#include "internal/engines/pki/san_rules.h"
#include "internal/engines/pki/stored_json.h"
#include "internal/engines/pki/validity.h"

namespace bao::engines::pki {
namespace {

using codec::Json;
using logical::Field;
using logical::FieldType;

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

Json shown(const RoleEntry& role, const RoleMember& member, bool at_rest) {
  return std::visit(Overloaded{[&](base::Duration RoleEntry::*duration) {
                                 const int64_t nanoseconds = (role.*duration).count();
                                 return Json(at_rest ? nanoseconds : nanoseconds / 1000000000);
                               },
                               [&](std::vector<std::string> RoleEntry::*list) { return Json::strings(role.*list); },
                               [&](auto value) { return Json(role.*value); }},
                    member);
}

void read(RoleEntry& role, const RoleMember& member, const Json& json) {
  if (json.is_null()) return;
  std::visit(Overloaded{[&](bool RoleEntry::*flag) { role.*flag = json.as_bool(); },
                        [&](std::string RoleEntry::*text) { role.*text = json.as_string(); },
                        [&](std::vector<std::string> RoleEntry::*list) { role.*list = strings_of(json); },
                        [&](int64_t RoleEntry::*number) {
                          if (const auto value = json.as_int(); value.ok()) role.*number = *value;
                        },
                        [&](base::Duration RoleEntry::*duration) {
                          if (const auto value = json.as_int(); value.ok()) role.*duration = base::Duration(*value);
                        }},
             member);
}

}  // namespace

const std::vector<RoleField>& role_table() {
  using R = RoleEntry;
  static const std::vector<RoleField> table = {
      {"ttl", "ttl_duration", &R::ttl, "How long certificates live; the mount's default for 0."},
      {"max_ttl", "max_ttl_duration", &R::max_ttl, "How long they may live at most."},
      {"allow_localhost", "allow_localhost", &R::allow_localhost, "Whether \"localhost\" and \"localdomain\" are allowed names."},
      {"allowed_domains", "allowed_domains_list", &R::allowed_domains, "Domains that certificates may be issued for."},
      {"allowed_domains_template", "allowed_domains_template", &R::allowed_domains_template,
       "Whether allowed_domains may hold identity templates."},
      {"allow_globs_in_identity_templates", "allow_globs_in_identity_templates", &R::allow_globs_in_identity_templates,
       "Whether globs that come out of identity templates count as such."},
      {"allow_bare_domains", "allow_bare_domains", &R::allow_bare_domains, "Whether the allowed domains themselves are allowed names."},
      {"allow_token_displayname", "allow_token_displayname", &R::allow_token_displayname, ""},
      {"allow_subdomains", "allow_subdomains", &R::allow_subdomains, "Whether names below the allowed domains are allowed."},
      {"allow_glob_domains", "allow_glob_domains", &R::allow_glob_domains, "Whether '*' in allowed domains matches any text."},
      {"allow_wildcard_certificates", "allow_wildcard_certificates", &R::allow_wildcard_certificates,
       "Whether names may begin with a wildcard (RFC 6125)."},
      {"allow_any_name", "allow_any_name", &R::allow_any_name, "Whether every name is allowed."},
      {"enforce_hostnames", "enforce_hostnames", &R::enforce_hostnames, "Whether names have to be host names."},
      {"allow_ip_sans", "allow_ip_sans", &R::allow_ip_sans, "Whether IP addresses are allowed as alternative names."},
      {"allowed_ip_sans_cidr", "allowed_ip_sans_cidr", &R::allowed_ip_sans_cidr, "Networks that addresses have to be of; all for none.",
       false},
      {"server_flag", "server_flag", &R::server_flag, "Whether certificates are for TLS servers."},
      {"client_flag", "client_flag", &R::client_flag, "Whether they are for TLS clients."},
      {"code_signing_flag", "code_signing_flag", &R::code_signing_flag, "Whether they are for signing code."},
      {"email_protection_flag", "email_protection_flag", &R::email_protection_flag, "Whether they are for mail."},
      {"use_csr_common_name", "use_csr_common_name", &R::use_csr_common_name, "Whether sign/ takes the common name of the request."},
      {"use_csr_sans", "use_csr_sans", &R::use_csr_sans, "Whether sign/ takes the alternative names of the request."},
      {"key_type", "key_type", &R::key_type, "The kind of keys: rsa, ec, ed25519 or any."},
      {"key_bits", "key_bits", &R::key_bits, "Their size: RSA 2048, 3072, 4096, 8192; EC 224, 256, 384, 521; 0 for the usual one."},
      {"use_pss", "use_pss", &R::use_pss, "Whether an RSA issuer signs with PSS."},
      {"signature_bits", "signature_bits", &R::signature_bits, "Bits of the hash that an RSA issuer signs with: 256, 384, 512."},
      {"key_usage", "key_usage_list", &R::key_usage, "Key usages, as Go names them without 'KeyUsage' in front."},
      {"ext_key_usage", "extended_key_usage_list", &R::ext_key_usage, "Extended key usages, as Go names them."},
      {"ou", "ou_list", &R::ou, "Organizational units of subjects."},
      {"organization", "organization_list", &R::organization, "Organizations of subjects."},
      {"country", "country", &R::country, "Countries of subjects."},
      {"locality", "locality", &R::locality, "Localities of subjects."},
      {"province", "province", &R::province, "Provinces of subjects."},
      {"street_address", "street_address", &R::street_address, "Street addresses of subjects."},
      {"postal_code", "postal_code", &R::postal_code, "Postal codes of subjects."},
      {"generate_lease", "generate_lease", &R::generate_lease, "Whether certificates are leases, revoked when these end."},
      {"no_store", "no_store", &R::no_store, "Whether certificates are not stored."},
      {"require_cn", "require_cn", &R::require_cn, "Whether a common name has to be given."},
      {"cn_validations", "cn_validations", &R::cn_validations, "What a common name may be: email, hostname, or disabled."},
      {"allowed_other_sans", "allowed_other_sans", &R::allowed_other_sans, "Other names: \"OID;utf8:pattern\", or \"*\"."},
      {"allowed_serial_numbers", "allowed_serial_numbers", &R::allowed_serial_numbers, "Patterns of a subject's serial number."},
      {"allowed_user_ids", "allowed_user_ids", &R::allowed_user_ids, "Patterns of user ids."},
      {"allowed_uri_sans", "allowed_uri_sans", &R::allowed_uri_sans, "Patterns of URIs."},
      {"allowed_uri_sans_template", "allowed_uri_sans_template", &R::allowed_uri_sans_template,
       "Whether allowed_uri_sans may hold identity templates."},
      {"policy_identifiers", "policy_identifiers", &R::policy_identifiers, "Certificate policies: OIDs, or JSON with cps and notice."},
      {"ext_key_usage_oids", "ext_key_usage_oids", &R::ext_key_usage_oids, "Extended key usages by their OIDs."},
      {"basic_constraints_valid_for_non_ca", "basic_constraints_valid_for_non_ca", &R::basic_constraints_valid_for_non_ca,
       "Whether certificates say that they are no authorities."},
      {"not_before_duration", "not_before_duration", &R::not_before_duration, "How long before now certificates begin."},
      {"not_before", "not_before", &R::not_before, "When they begin (RFC 3339)."},
      {"not_before_bound", "not_before_bound", &R::not_before_bound, "What a request may say of it: permit, duration, forbid."},
      {"not_after", "not_after", &R::not_after, "When they end (RFC 3339), in place of a TTL."},
      {"not_after_bound", "not_after_bound", &R::not_after_bound, "What a request may say of it: permit, ttl-limited, forbid, or a time."},
      {"issuer_ref", "issuer", &R::issuer_ref, "Which issuer signs."},
  };
  return table;
}

std::vector<Field> role_fields() {
  static constexpr std::string_view kTtls[] = {"ttl", "max_ttl", "not_before_duration"};
  const RoleEntry defaults;
  std::vector<Field> fields;
  for (const RoleField& row : role_table()) {
    if (row.name == "allow_token_displayname") continue;
    FieldType type = FieldType::comma_list;
    if (std::holds_alternative<bool RoleEntry::*>(row.member)) type = FieldType::boolean;
    if (std::holds_alternative<int64_t RoleEntry::*>(row.member)) type = FieldType::integer;
    if (std::holds_alternative<std::string RoleEntry::*>(row.member)) type = FieldType::string;
    if (std::find(std::begin(kTtls), std::end(kTtls), row.name) != std::end(kTtls)) type = FieldType::duration;
    Field field{std::string(row.name), type, std::string(row.description)};
    field.default_value = shown(defaults, row.member, false);
    fields.push_back(std::move(field));
  }
  return fields;
}

base::Result<RoleEntry> RoleEntry::parse(std::string_view bytes) {
  RoleEntry role;
  role.generate_lease = true;  // what its absence meant
  ASSIGN_OR_RETURN(role.stored, parse_stored(bytes));
  for (const RoleField& row : role_table()) read(role, row.member, role.stored[row.stored]);
  if (role.issuer_ref.empty()) role.issuer_ref = "default";
  if (role.cn_validations.empty()) role.cn_validations = {"email", "hostname"};
  if (role.not_before_bound.empty()) role.not_before_bound = "permit";
  if (role.not_after_bound.empty()) role.not_after_bound = "permit";
  return role;
}

std::string RoleEntry::write() const {
  Json record = Json::record({{"lease_max", ""}, {"lease", ""}, {"max_ttl", ""}, {"ttl", ""}});
  for (const RoleField& row : role_table()) {
    if (row.stored == "allowed_domains_list") record.set("allowed_base_domain", "");
    if (row.stored == "allow_bare_domains") record.set("allow_base_domain", false);
    Json value = shown(*this, row.member, true);
    if (row.stored_when_empty || !value.empty()) record.set(row.stored, std::move(value));
  }
  return write_stored(std::move(record), stored, {"allowed_ip_sans_cidr", "allowed_domains", "key_usage", "ou", "organization"});
}

Json RoleEntry::answer() const {
  Json answer = Json::object();
  for (const RoleField& row : role_table()) answer.set(row.name, shown(*this, row.member, false));
  return answer;
}

void RoleEntry::take(const logical::Fields& fields) {
  for (const RoleField& row : role_table()) {
    if (row.name == "allow_token_displayname" || !fields.has(row.name)) continue;
    std::visit(Overloaded{[&](bool RoleEntry::*flag) { this->*flag = fields.boolean(row.name); },
                          [&](int64_t RoleEntry::*number) { this->*number = fields.integer(row.name); },
                          [&](std::string RoleEntry::*text) { this->*text = fields.string(row.name); },
                          [&](base::Duration RoleEntry::*duration) { this->*duration = fields.duration(row.name); },
                          [&](std::vector<std::string> RoleEntry::*list) { this->*list = fields.strings(row.name); }},
               row.member);
  }
  if (fields.has("policy_identifiers")) policy_identifiers = policy_texts(policy_identifiers);
}

base::Result<int64_t> key_bits_for(std::string_view key_type, int64_t bits) {
  if (key_type == "any" || key_type == "ed25519") return int64_t{0};
  if (key_type == "rsa") {
    if (bits == 0) return int64_t{2048};
    if (bits < 2048) return base::invalid("RSA keys < 2048 bits are unsafe and not supported: got " + std::to_string(bits));
    if (bits == 2048 || bits == 3072 || bits == 4096 || bits == 8192) return bits;
    return base::invalid("unsupported bit length for RSA key: " + std::to_string(bits));
  }
  if (key_type != "ec") return base::invalid("unknown key type " + std::string(key_type));
  if (bits == 0) return int64_t{256};
  if (bits == 224 || bits == 256 || bits == 384 || bits == 521) return bits;
  return base::invalid("unsupported bit length for EC key: " + std::to_string(bits));
}

base::Status RoleEntry::check() {
  ASSIGN_OR_RETURN(key_bits, key_bits_for(key_type, key_bits));
  if (key_type == "rsa" && signature_bits == 0) signature_bits = 256;
  if (max_ttl > base::Duration{0} && ttl > max_ttl) return base::invalid("\"ttl\" value must be less than \"max_ttl\" value");
  if (not_before_duration == base::Duration{0}) not_before_duration = std::chrono::seconds(30);
  if (no_store) generate_lease = false;
  if (cn_validations.empty()) cn_validations = {"email", "hostname"};
  TRY(check_bounds(not_before_bound, not_after_bound));
  return check_role_patterns(*this);
}

}  // namespace bao::engines::pki
