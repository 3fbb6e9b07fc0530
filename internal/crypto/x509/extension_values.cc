#include "internal/crypto/x509/extension_values.h"

#include <set>

namespace bao::crypto::x509 {
namespace {

constexpr char kOcspAccess[] = "1.3.6.1.5.5.7.48.1", kIssuerAccess[] = "1.3.6.1.5.5.7.48.2";
constexpr char kPracticeStatement[] = "1.3.6.1.5.5.7.2.1", kUserNotice[] = "1.3.6.1.5.5.7.2.2";
constexpr int kDnsChoice = 2, kUriChoice = 6;

std::string access(const char* method, const std::string& url) {
  return der::sequence({der::oid(method), der::element(der::context(kUriChoice), {url})});
}

std::string qualifiers(const Policy& policy) {
  std::string content;
  if (!policy.notice.empty()) content += der::sequence({der::oid(kUserNotice), der::sequence({der::element(der::kUtf8String, {policy.notice})})});
  if (!policy.practice_statement.empty()) content += der::sequence({der::oid(kPracticeStatement), der::element(der::kIa5String, {policy.practice_statement})});
  return content.empty() ? "" : der::sequence({content});
}

base::Result<Extension> read_extension(std::string_view content) {
  der::Reader at(content);
  Extension extension;
  ASSIGN_OR_RETURN(const std::string_view oid, at.take(der::kOid));
  ASSIGN_OR_RETURN(extension.oid, der::read_oid(oid));
  ASSIGN_OR_RETURN(const auto critical, at.take_if(der::kBoolean));
  if (critical) {
    ASSIGN_OR_RETURN(extension.critical, der::read_boolean(*critical));
  }
  ASSIGN_OR_RETURN(const std::string_view value, at.take(der::kOctetString));
  extension.value = value;
  TRY(at.end());
  return extension;
}

// The content of the one SEQUENCE that the bytes are.
base::Result<der::Reader> only_sequence(std::string_view bytes) {
  der::Reader whole(bytes);
  ASSIGN_OR_RETURN(der::Reader content, whole.open(der::kSequence));
  TRY(whole.end());
  return content;
}

base::Status read_point(std::string_view content, std::vector<std::string>& urls) {
  der::Reader point(content);
  if (!point.next_is(der::context_constructed(0))) return {};  // names only reasons or an issuer
  ASSIGN_OR_RETURN(der::Reader name, point.open(der::context_constructed(0)));
  if (!name.next_is(der::context_constructed(0))) return {};  // relative to the issuer's name
  ASSIGN_OR_RETURN(der::Reader full, name.open(der::context_constructed(0)));
  while (!full.at_end()) {
    ASSIGN_OR_RETURN(const der::Element general, full.next());
    if (general.tag == der::context(kUriChoice)) urls.emplace_back(general.content);
  }
  return {};
}

}  // namespace

base::Result<std::string> encode_extensions(const std::vector<Extension>& extensions) {
  std::string content;
  for (const Extension& extension : extensions) {
    if (!is_oid(extension.oid)) return base::invalid("not an OID: \"" + extension.oid + "\"");
    content += der::sequence({der::oid(extension.oid), extension.critical ? der::boolean(true) : "", der::element(der::kOctetString, {extension.value})});
  }
  return der::sequence({content});
}

base::Result<std::vector<Extension>> read_extensions(std::string_view bytes) {
  ASSIGN_OR_RETURN(der::Reader at, only_sequence(bytes));
  std::vector<Extension> extensions;
  std::set<std::string> seen;
  while (!at.at_end()) {
    ASSIGN_OR_RETURN(const std::string_view content, at.take(der::kSequence));
    ASSIGN_OR_RETURN(Extension extension, read_extension(content));
    if (!seen.insert(extension.oid).second) return base::invalid("x509: certificate contains duplicate extensions");
    extensions.push_back(std::move(extension));
  }
  return extensions;
}

const Extension* find_extension(const std::vector<Extension>& extensions, std::string_view oid) {
  for (const Extension& extension : extensions) {
    if (extension.oid == oid) return &extension;
  }
  return nullptr;
}

std::string encode_authority_key_id(std::string_view key_id) { return der::sequence({der::element(der::context(0), {key_id})}); }

std::string encode_information_access(const std::vector<std::string>& ocsp_servers, const std::vector<std::string>& issuing_certificates) {
  std::string content;
  for (const std::string& url : ocsp_servers) content += access(kOcspAccess, url);
  for (const std::string& url : issuing_certificates) content += access(kIssuerAccess, url);
  return der::sequence({content});
}

std::string encode_distribution_points(const std::vector<std::string>& urls) {
  std::string content;
  for (const std::string& url : urls) {
    const std::string full = der::element(der::context_constructed(0), {der::element(der::context(kUriChoice), {url})});
    content += der::sequence({der::element(der::context_constructed(0), {full})});
  }
  return der::sequence({content});
}

std::string encode_name_constraints(const std::vector<std::string>& permitted_dns_domains) {
  std::string trees;
  for (const std::string& domain : permitted_dns_domains) trees += der::sequence({der::element(der::context(kDnsChoice), {domain})});
  return der::sequence({der::element(der::context_constructed(0), {trees})});
}

base::Result<std::string> encode_policies(const std::vector<Policy>& policies) {
  std::string content;
  for (const Policy& policy : policies) {
    if (!is_oid(policy.oid)) return base::invalid("not an OID: \"" + policy.oid + "\"");
    content += der::sequence({der::oid(policy.oid), qualifiers(policy)});
  }
  return der::sequence({content});
}

base::Result<BasicConstraints> read_basic_constraints(std::string_view bytes) {
  ASSIGN_OR_RETURN(der::Reader at, only_sequence(bytes));
  BasicConstraints constraints;
  ASSIGN_OR_RETURN(const auto ca, at.take_if(der::kBoolean));
  if (ca) {
    ASSIGN_OR_RETURN(constraints.ca, der::read_boolean(*ca));
  }
  ASSIGN_OR_RETURN(const auto length, at.take_if(der::kInteger));
  if (length) {
    ASSIGN_OR_RETURN(const uint64_t number, der::read_number(*length));
    if (number > INT32_MAX) return der::malformed();
    constraints.path_length = static_cast<int>(number);
  }
  TRY(at.end());
  return constraints;
}

base::Result<uint16_t> read_key_usage(std::string_view bytes) {
  der::Reader whole(bytes);
  ASSIGN_OR_RETURN(const std::string_view bits, whole.take(der::kBitString));
  TRY(whole.end());
  if (bits.empty() || static_cast<uint8_t>(bits[0]) > 7) return der::malformed();
  uint16_t usages = 0;
  for (size_t i = 0; i < 9 && i / 8 + 1 < bits.size(); ++i) {
    if ((static_cast<uint8_t>(bits[i / 8 + 1]) & 0x80 >> (i % 8)) != 0) usages = static_cast<uint16_t>(usages | 1 << i);
  }
  return usages;
}

base::Result<std::vector<std::string>> read_extended_key_usages(std::string_view bytes) {
  ASSIGN_OR_RETURN(der::Reader at, only_sequence(bytes));
  std::vector<std::string> oids;
  while (!at.at_end()) {
    ASSIGN_OR_RETURN(const std::string_view content, at.take(der::kOid));
    ASSIGN_OR_RETURN(std::string oid, der::read_oid(content));
    oids.push_back(std::move(oid));
  }
  return oids;
}

base::Result<std::string> read_octets(std::string_view bytes) {
  der::Reader whole(bytes);
  ASSIGN_OR_RETURN(const std::string_view octets, whole.take(der::kOctetString));
  TRY(whole.end());
  return std::string(octets);
}

base::Result<std::string> read_authority_key_id(std::string_view bytes) {
  ASSIGN_OR_RETURN(der::Reader at, only_sequence(bytes));
  ASSIGN_OR_RETURN(const auto key_id, at.take_if(der::context(0)));
  return std::string(key_id.value_or(""));
}

base::Result<InformationAccess> read_information_access(std::string_view bytes) {
  ASSIGN_OR_RETURN(der::Reader at, only_sequence(bytes));
  InformationAccess access;
  while (!at.at_end()) {
    ASSIGN_OR_RETURN(der::Reader description, at.open(der::kSequence));
    ASSIGN_OR_RETURN(const std::string_view content, description.take(der::kOid));
    ASSIGN_OR_RETURN(const std::string method, der::read_oid(content));
    ASSIGN_OR_RETURN(const der::Element location, description.next());
    if (location.tag != der::context(kUriChoice)) continue;
    if (method == kOcspAccess) access.ocsp_servers.emplace_back(location.content);
    if (method == kIssuerAccess) access.issuing_certificates.emplace_back(location.content);
  }
  return access;
}

base::Result<std::vector<std::string>> read_distribution_points(std::string_view bytes) {
  ASSIGN_OR_RETURN(der::Reader at, only_sequence(bytes));
  std::vector<std::string> urls;
  while (!at.at_end()) {
    ASSIGN_OR_RETURN(const std::string_view point, at.take(der::kSequence));
    TRY(read_point(point, urls));
  }
  return urls;
}

base::Result<std::vector<std::string>> read_permitted_dns_domains(std::string_view bytes) {
  ASSIGN_OR_RETURN(der::Reader at, only_sequence(bytes));
  std::vector<std::string> domains;
  ASSIGN_OR_RETURN(const auto permitted, at.take_if(der::context_constructed(0)));
  der::Reader trees(permitted.value_or(""));
  while (!trees.at_end()) {
    ASSIGN_OR_RETURN(der::Reader tree, trees.open(der::kSequence));
    ASSIGN_OR_RETURN(const der::Element base, tree.next());
    if (base.tag == der::context(kDnsChoice)) domains.emplace_back(base.content);
  }
  return domains;
}

base::Result<std::vector<std::string>> read_policies(std::string_view bytes) {
  ASSIGN_OR_RETURN(der::Reader at, only_sequence(bytes));
  std::vector<std::string> oids;
  while (!at.at_end()) {
    ASSIGN_OR_RETURN(der::Reader policy, at.open(der::kSequence));
    ASSIGN_OR_RETURN(const std::string_view content, policy.take(der::kOid));
    ASSIGN_OR_RETURN(std::string oid, der::read_oid(content));
    oids.push_back(std::move(oid));
  }
  return oids;
}

base::Result<uint64_t> read_number_extension(std::string_view bytes) {
  der::Reader whole(bytes);
  ASSIGN_OR_RETURN(const std::string_view content, whole.take(der::kInteger));
  TRY(whole.end());
  return der::read_number(content);
}

}  // namespace bao::crypto::x509
