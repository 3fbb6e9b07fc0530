#include "internal/engines/pki/leaf.h"

#include <algorithm>

#include "internal/engines/pki/name_rules.h"
#include "internal/engines/pki/san_rules.h"
#include "internal/engines/pki/subject.h"

namespace bao::engines::pki {
namespace {

namespace x509 = crypto::x509;

constexpr char kNoCommonName[] =
    "the common_name field is required, or must be provided in a CSR with \"use_csr_common_name\" set to true, unless \"require_cn\" is "
    "set to false";
constexpr char kConstraintsIgnored[] = "specified CSR contained a Basic Constraints extension that was ignored during issuance";

base::Result<std::string> common_name(const RoleEntry& role, const logical::Fields& fields, const x509::CertificateRequest* request,
                                      std::vector<std::string>& warnings) {
  std::string name;
  if (request != nullptr && role.use_csr_common_name) {
    name = request->subject.last(x509::attribute::kCommonName);
    if (!fields.string("common_name").empty()) {
      warnings.push_back("the common_name field was provided but the role is set with \"use_csr_common_name\" set to true");
    }
  }
  if (name.empty()) name = fields.string("common_name");
  if (name.empty() && role.require_cn) return base::invalid(kNoCommonName);
  return name;
}

base::Result<x509::AlternativeNames> wanted_names(const RoleEntry& role, const logical::Fields& fields, const std::string& cn,
                                                  const x509::CertificateRequest* request, std::vector<std::string>& warnings) {
  if (request == nullptr || !role.use_csr_sans) return asked_names(fields, cn);
  for (const char* field : {"alt_names", "ip_sans", "uri_sans", "other_sans"}) {
    if (fields.has(field)) {
      warnings.push_back("the " + std::string(field) + " field was provided but the role is set with \"use_csr_sans\" set to true");
    }
  }
  x509::AlternativeNames names = request->alternative_names;
  if (!cn.empty() && !fields.boolean("exclude_cn_from_sans")) {
    // The common name stands first, as where it is given in the call.
    x509::AlternativeNames all;
    TRY(add_name(all, cn));
    all.dns.insert(all.dns.end(), names.dns.begin(), names.dns.end());
    all.emails.insert(all.emails.end(), names.emails.begin(), names.emails.end());
    names.dns = without_repetitions(std::move(all.dns));
    names.emails = without_repetitions(std::move(all.emails));
  }
  return names;
}

base::Status check_names(const RoleEntry& role, const x509::AlternativeNames& names, bool of_request) {
  for (const std::string& name : names.dns) {
    if (!allows_name(role, name)) return base::invalid("subject alternate name " + name + " not allowed by this role");
  }
  for (const std::string& name : names.emails) {
    if (!allows_name(role, name)) return base::invalid("email address " + name + " not allowed by this role");
  }
  TRY(check_other_names(role, names.others));
  if (!names.addresses.empty() && !role.allow_ip_sans) {
    return base::invalid(std::string("IP Subject Alternative Names are not allowed in this role, but was provided ") +
                         (of_request ? "via CSR" : "via the API"));
  }
  TRY(check_addresses(role, names.addresses));
  if (names.uris.empty()) return {};
  const std::string source = of_request ? "via CSR" : "via the API";
  if (role.allowed_uri_sans.empty()) {
    return base::invalid("URI Subject Alternative Names are not allowed in this role, but were provided " + source);
  }
  for (const std::string& uri : names.uris) {
    if (!allows_uri(role, uri)) {
      return base::invalid("URI Subject Alternative Names were provided " + source + " which are not valid for this role");
    }
  }
  return {};
}

base::Status add_usages(x509::CertificateTemplate& content, const RoleEntry& role) {
  content.key_usage = key_usages(role.key_usage);
  content.extended_key_usages = extended_usages(role);
  if (role.basic_constraints_valid_for_non_ca) content.basic_constraints = x509::BasicConstraints{};
  for (const std::string& text : role.policy_identifiers) {
    ASSIGN_OR_RETURN(x509::Policy policy, parse_policy(text));
    content.policies.push_back(std::move(policy));
  }
  return {};
}

}  // namespace

base::Result<x509::CertificateTemplate> leaf_template(const RoleEntry& role, const logical::Fields& fields, const x509::PublicKey& key,
                                                      const x509::CertificateRequest* request, std::vector<std::string>& warnings) {
  SubjectFields subject = subject_of(role);
  ASSIGN_OR_RETURN(subject.common_name, common_name(role, fields, request, warnings));
  subject.serial_number = fields.string("serial_number");
  if (subject.serial_number.empty() && request != nullptr) subject.serial_number = request->subject.last(x509::attribute::kSerialNumber);
  subject.user_ids = fields.strings("user_ids");
  if (subject.user_ids.empty() && request != nullptr) subject.user_ids = request->subject.values(x509::attribute::kUserId);

  const bool csr_names = request != nullptr && role.use_csr_sans;
  ASSIGN_OR_RETURN(x509::AlternativeNames names, wanted_names(role, fields, subject.common_name, request, warnings));
  if (!subject.common_name.empty() && !allows_common_name(role, subject.common_name)) {
    return base::invalid("common name " + subject.common_name + " not allowed by this role");
  }
  if (!subject.serial_number.empty() && !allows_pattern(role.allowed_serial_numbers, subject.serial_number)) {
    return base::invalid("serial_number " + subject.serial_number + " not allowed by this role");
  }
  for (const std::string& id : subject.user_ids) {
    if (!allows_pattern(role.allowed_user_ids, id)) return base::invalid("user_id " + id + " is not allowed by this role");
  }
  TRY(check_names(role, names, csr_names));
  if (request != nullptr && request->basic_constraints) warnings.push_back(kConstraintsIgnored);

  x509::CertificateTemplate content{.public_key = key};
  content.subject = subject.name();
  content.alternative_names = std::move(names);
  TRY(add_usages(content, role));
  return content;
}

x509::CertificateTemplate verbatim_template(const RoleEntry& role, const x509::CertificateRequest& request,
                                            std::vector<std::string>& warnings) {
  x509::CertificateTemplate content{.public_key = request.public_key};
  content.subject = request.subject;
  content.key_usage = key_usages(role.key_usage);
  content.extended_key_usages = extended_usages(role);
  if (role.basic_constraints_valid_for_non_ca) content.basic_constraints = x509::BasicConstraints{};
  for (const x509::Extension& extension : request.extensions) {
    // What makes an authority, and what names keys, isn't the applicant's to say.
    if (extension.oid == x509::extension::kBasicConstraints) {
      warnings.push_back(kConstraintsIgnored);
    } else if (extension.oid == x509::extension::kAlternativeNames) {
      content.alternative_names = request.alternative_names;
    } else if (extension.oid != x509::extension::kAuthorityKeyId && extension.oid != x509::extension::kSubjectKeyId) {
      content.extensions.push_back(extension);
    }
  }
  return content;
}

base::Result<x509::CertificateRequest> read_csr(const logical::Fields& fields) {
  const std::string text = fields.string("csr");
  if (text.empty()) return base::invalid("\"csr\" is empty");
  if (text.find("-----BEGIN ") == std::string::npos) return base::invalid("csr contains no data");
  auto request = x509::parse_request_pem(text);
  if (!request.ok()) return request.error().within("certificate request could not be parsed");
  if (!request->signature_is_valid()) return base::invalid("request signature invalid");
  return request;
}

base::Status check_key(const RoleEntry& role, const x509::PublicKey& key) {
  const std::string type(x509::key_type_name(key.type()));
  if (role.key_type != "any" && role.key_type != type) return base::invalid("role requires keys of type " + role.key_type);
  if (role.key_type != "any" && type != "ed25519" && key.bits() < role.key_bits) {
    return base::invalid("role requires a minimum of a " + std::to_string(role.key_bits) + "-bit key, but CSR's key is " +
                         std::to_string(key.bits()) + " bits");
  }
  if (key.type() == x509::KeyType::rsa && key.bits() < 2048) return base::invalid("RSA keys < 2048 bits are unsafe and not supported");
  return {};
}

}  // namespace bao::engines::pki
