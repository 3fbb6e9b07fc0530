#include "internal/engines/pki/fields.h"

namespace bao::engines::pki {

using logical::Field;
using logical::FieldType;

Field capture(const char* name, const char* description) { return {name, FieldType::string, description}; }

FieldList name_fields() {
  return {{"common_name", FieldType::string, "The common name."},
          {"alt_names", FieldType::string, "Hosts and mail addresses, separated by commas."},
          {"ip_sans", FieldType::comma_list, "IP addresses."},
          {"uri_sans", FieldType::comma_list, "URIs."},
          {"other_sans", FieldType::comma_list, "Other names: \"OID;utf8:text\"."},
          {"exclude_cn_from_sans", FieldType::boolean, "Whether the common name stays out of the alternative names."},
          {"serial_number", FieldType::string, "The subject's serial number."},
          {"format", FieldType::string, "pem, der, or pem_bundle.", "pem"},
          {"private_key_format", FieldType::string, "der (as the kind of key is usually written), pem or pkcs8.", "der"}};
}

FieldList subject_fields() {
  return {{"ou", FieldType::comma_list, "Organizational units."},
          {"organization", FieldType::comma_list, "Organizations."},
          {"country", FieldType::comma_list, "Countries."},
          {"locality", FieldType::comma_list, "Localities."},
          {"province", FieldType::comma_list, "Provinces."},
          {"street_address", FieldType::comma_list, "Street addresses."},
          {"postal_code", FieldType::comma_list, "Postal codes."}};
}

FieldList validity_fields() {
  return {{"ttl", FieldType::duration, "How long it lives; the role's or mount's default when 0."},
          {"not_before", FieldType::string, "When it begins (RFC 3339)."},
          {"not_after", FieldType::string, "When it ends (RFC 3339), in place of a TTL."},
          {"not_before_duration", FieldType::duration, "How long before now it begins.", 30}};
}

FieldList key_fields() {
  return {{"key_type", FieldType::string, "rsa, ec or ed25519.", "rsa"},
          {"key_bits", FieldType::integer, "The key's size; 0 for the usual one."},
          {"signature_bits", FieldType::integer, "Bits of the hash that RSA keys sign with."},
          {"use_pss", FieldType::boolean, "Whether RSA keys sign with PSS."},
          {"key_name", FieldType::string, "A name for the new key."},
          {"key_ref", FieldType::string, "The existing key: its id, name or default.", "default"}};
}

FieldList authority_fields() {
  return {{"max_path_length", FieldType::integer, "How many authorities may follow below; -1 for no limit.", -1},
          {"permitted_dns_domains", FieldType::comma_list, "Domains that it may be used for."}};
}

FieldList usage_fields() {
  return {{"key_usage", FieldType::comma_list, "Key usages, as Go names them.",
           codec::Json::strings({"DigitalSignature", "KeyAgreement", "KeyEncipherment"})},
          {"ext_key_usage", FieldType::comma_list, "Extended key usages, as Go names them."},
          {"ext_key_usage_oids", FieldType::comma_list, "Extended key usages by their OIDs."},
          {"basic_constraints_valid_for_non_ca", FieldType::boolean, "Whether it says that it is no authority."}};
}

FieldList paging_fields() {
  return {{"after", FieldType::string, "Entry to begin listing after; it need not exist."},
          {"limit", FieldType::integer, "Number of entries to return; all by default.", -1}};
}

FieldList joined(std::initializer_list<FieldList> lists) {
  FieldList all;
  for (const FieldList& list : lists) all.insert(all.end(), list.begin(), list.end());
  return all;
}

}  // namespace bao::engines::pki
