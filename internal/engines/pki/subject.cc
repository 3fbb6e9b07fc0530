#include "internal/engines/pki/subject.h"

#include <algorithm>
#include <array>

#include "internal/base/letters.h"
#include "internal/crypto/x509/extension.h"
#include "internal/engines/pki/name_rules.h"
#include "internal/engines/pki/san_rules.h"

namespace bao::engines::pki {
namespace {

namespace x509 = crypto::x509;
namespace usage = crypto::x509::extended_usage;

constexpr std::array<std::pair<std::string_view, uint16_t>, 9> kKeyUsages = {{
    {"digitalsignature", x509::kDigitalSignature}, {"contentcommitment", x509::kContentCommitment},
    {"keyencipherment", x509::kKeyEncipherment}, {"dataencipherment", x509::kDataEncipherment}, {"keyagreement", x509::kKeyAgreement},
    {"certsign", x509::kCertSign}, {"crlsign", x509::kCrlSign}, {"encipheronly", x509::kEncipherOnly},
    {"decipheronly", x509::kDecipherOnly}}};

constexpr std::array<std::pair<std::string_view, const char*>, 14> kExtendedUsages = {{
    {"any", usage::kAny}, {"serverauth", usage::kServerAuth}, {"clientauth", usage::kClientAuth}, {"codesigning", usage::kCodeSigning},
    {"emailprotection", usage::kEmailProtection}, {"ipsecendsystem", usage::kIpsecEndSystem}, {"ipsectunnel", usage::kIpsecTunnel},
    {"ipsecuser", usage::kIpsecUser}, {"timestamping", usage::kTimeStamping}, {"ocspsigning", usage::kOcspSigning},
    {"microsoftservergatedcrypto", usage::kMicrosoftServerGatedCrypto}, {"netscapeservergatedcrypto", usage::kNetscapeServerGatedCrypto},
    {"microsoftcommercialcodesigning", usage::kMicrosoftCommercialCodeSigning},
    {"microsoftkernelcodesigning", usage::kMicrosoftKernelCodeSigning}}};

std::string trimmed_lower(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  return base::lower_case(text);
}

std::vector<std::string> comma_separated(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    std::string_view part = text.substr(0, comma);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    if (!part.empty()) parts.emplace_back(part);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

}  // namespace

std::vector<std::string> without_repetitions(std::vector<std::string> items) {
  std::vector<std::string> kept;
  for (std::string& item : items) {
    if (!item.empty() && std::find(kept.begin(), kept.end(), item) == kept.end()) kept.push_back(std::move(item));
  }
  return kept;
}

x509::Name SubjectFields::name() const {
  namespace attribute = x509::attribute;
  x509::Name name;
  const auto add = [&](const char* oid, const std::vector<std::string>& values) {
    const auto once = without_repetitions(values);
    if (!once.empty()) name.add(oid, once);
  };
  add(attribute::kCountry, country);
  add(attribute::kProvince, province);
  add(attribute::kLocality, locality);
  add(attribute::kStreetAddress, street_address);
  add(attribute::kPostalCode, postal_code);
  add(attribute::kOrganization, organization);
  add(attribute::kOrganizationalUnit, ou);
  if (!common_name.empty()) name.add(attribute::kCommonName, common_name);
  if (!serial_number.empty()) name.add(attribute::kSerialNumber, serial_number);
  for (const std::string& id : user_ids) name.add(attribute::kUserId, id);
  return name;
}

SubjectFields subject_of(const logical::Fields& fields) {
  return {fields.string("common_name"), fields.string("serial_number"), fields.strings("ou"), fields.strings("organization"),
          fields.strings("country"), fields.strings("locality"), fields.strings("province"), fields.strings("street_address"),
          fields.strings("postal_code"), {}};
}

SubjectFields subject_of(const RoleEntry& role) {
  return {"", "", role.ou, role.organization, role.country, role.locality, role.province, role.street_address, role.postal_code, {}};
}

base::Status add_name(x509::AlternativeNames& names, const std::string& name) {
  if (name.find('@') != std::string::npos) {
    if (std::find(names.emails.begin(), names.emails.end(), name) == names.emails.end()) names.emails.push_back(name);
    return {};
  }
  ASSIGN_OR_RETURN(std::string ascii, to_ascii(name));
  if (!is_host_name(ascii)) return {};
  if (std::find(names.dns.begin(), names.dns.end(), ascii) == names.dns.end()) names.dns.push_back(std::move(ascii));
  return {};
}

base::Result<x509::AlternativeNames> asked_names(const logical::Fields& fields, const std::string& common_name) {
  x509::AlternativeNames names;
  if (!common_name.empty() && !fields.boolean("exclude_cn_from_sans")) TRY(add_name(names, common_name));
  for (const std::string& name : comma_separated(fields.string("alt_names"))) TRY(add_name(names, name));
  for (const std::string& text : fields.strings("ip_sans")) {
    const auto address = x509::parse_address(text);
    if (!address) return base::invalid("the value \"" + text + "\" is not a valid IP address");
    names.addresses.push_back(*address);
  }
  names.uris = fields.strings("uri_sans");
  for (const std::string& text : fields.strings("other_sans")) {
    auto other = parse_other_name(text);
    if (!other.ok()) return other.error().within("could not parse requested other SAN");
    names.others.push_back(std::move(*other));
  }
  return names;
}

uint16_t key_usages(const std::vector<std::string>& names) {
  uint16_t usages = 0;
  for (const std::string& name : names) {
    for (const auto& [known, bit] : kKeyUsages) {
      if (trimmed_lower(name) == known) usages = static_cast<uint16_t>(usages | bit);
    }
  }
  return usages;
}

std::vector<std::string> extended_usages(const RoleEntry& role) {
  std::vector<std::string> asked;
  for (const std::string& name : role.ext_key_usage) asked.push_back(trimmed_lower(name));
  if (role.server_flag) asked.push_back("serverauth");
  if (role.client_flag) asked.push_back("clientauth");
  if (role.code_signing_flag) asked.push_back("codesigning");
  if (role.email_protection_flag) asked.push_back("emailprotection");
  std::vector<std::string> oids;
  for (const auto& [name, oid] : kExtendedUsages) {
    if (std::find(asked.begin(), asked.end(), name) != asked.end()) oids.push_back(oid);
  }
  oids.insert(oids.end(), role.ext_key_usage_oids.begin(), role.ext_key_usage_oids.end());
  return without_repetitions(std::move(oids));
}

}  // namespace bao::engines::pki
