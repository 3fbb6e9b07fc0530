// A role: what may be asked of an issuer, as it is stored and shown. A value. One table (role_table) says of every field how the
// API names it, how it is stored, and what it is when nobody says.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/codec/json.h"
#include "internal/logical/field.h"

namespace bao::engines::pki {

struct RoleEntry {
  base::Duration ttl{0}, max_ttl{0};
  bool allow_localhost = true, allowed_domains_template = false, allow_globs_in_identity_templates = false, allow_bare_domains = false,
       allow_token_displayname = false, allow_subdomains = false, allow_glob_domains = false, allow_wildcard_certificates = true,
       allow_any_name = false, enforce_hostnames = true, allow_ip_sans = true;
  std::vector<std::string> allowed_domains, allowed_ip_sans_cidr;
  bool server_flag = true, client_flag = true, code_signing_flag = false, email_protection_flag = false;
  bool use_csr_common_name = true, use_csr_sans = true;
  std::string key_type = "rsa";  // "rsa", "ec", "ed25519" or "any"
  int64_t key_bits = 0;          // 0 only for "any" and "ed25519"
  bool use_pss = false;
  int64_t signature_bits = 0;
  std::vector<std::string> key_usage = {"DigitalSignature", "KeyAgreement", "KeyEncipherment"}, ext_key_usage;
  std::vector<std::string> ou, organization, country, locality, province, street_address, postal_code;
  bool generate_lease = false, no_store = false, require_cn = true;
  std::vector<std::string> cn_validations = {"email", "hostname"};
  std::vector<std::string> allowed_other_sans, allowed_serial_numbers, allowed_user_ids, allowed_uri_sans;
  bool allowed_uri_sans_template = false;
  std::vector<std::string> policy_identifiers, ext_key_usage_oids;
  bool basic_constraints_valid_for_non_ca = false;
  base::Duration not_before_duration = std::chrono::seconds(30);
  std::string not_before, not_before_bound = "permit", not_after, not_after_bound = "permit";
  std::string issuer_ref = "default";
  codec::Json stored{};

  // Older entries lack fields, which count as what they meant then. Errors: corrupt.
  static base::Result<RoleEntry> parse(std::string_view bytes);
  std::string write() const;
  // As the API shows it.
  codec::Json answer() const;
  // Takes the fields that were given. Errors: none yet; check() judges.
  void take(const logical::Fields& fields);
  // Fills in what the key type implies. Errors: invalid or, as in the reference, internal.
  base::Status check();
};

using RoleMember = std::variant<bool RoleEntry::*, int64_t RoleEntry::*, std::string RoleEntry::*, base::Duration RoleEntry::*,
                                std::vector<std::string> RoleEntry::*>;
struct RoleField {
  std::string_view name;     // in the API; "": stored only
  std::string_view stored;   // at rest, in this order
  RoleMember member;
  std::string_view description;
  bool stored_when_empty = true;
};
const std::vector<RoleField>& role_table();
// The schema: every field with its default.
std::vector<logical::Field> role_fields();

// The key size that counts for 0, and whether the type knows that size. Errors: invalid, in the reference's words.
base::Result<int64_t> key_bits_for(std::string_view key_type, int64_t bits);

}  // namespace bao::engines::pki
