#include "internal/engines/pki/cel_template.h"

#include <chrono>

#include "internal/crypto/x509/name_constraints.h"
#include "internal/engines/pki/cel_url.h"

namespace bao::engines::pki {
namespace {

namespace x509 = crypto::x509;
using cel::Message;
using cel::Value;

// Fields are read by name; a value of another type would be an error of ours.
template <typename T>
T get(const Message& message, const char* field) {
  return *message.get(field).as<T>();
}
std::string text(const Message& message, const char* field) { return get<std::string>(message, field); }
std::string bytes(const Message& message, const char* field) { return get<cel::Bytes>(message, field).bytes; }

// The items of a repeated field, each as `convert` makes it.
template <typename Convert>
auto items(const Message& message, const char* field, Convert convert) {
  std::vector<decltype(convert(Value()))> all;
  for (const Value& item : message.get(field).as_list()->items) all.push_back(convert(item));
  return all;
}
std::vector<std::string> texts(const Message& message, const char* field) {
  return items(message, field, [](const Value& item) { return *item.as<std::string>(); });
}

// The dotted form of a list of numbers of either kind.
std::string dotted(const Message& message, const char* field) {
  std::string oid;
  for (const Value& arc : message.get(field).as_list()->items) {
    const int64_t* number = arc.as<int64_t>();
    oid += (oid.empty() ? "" : ".") + (number != nullptr ? std::to_string(*number) : std::to_string(*arc.as<uint64_t>()));
  }
  return oid;
}
std::vector<std::string> oids(const Message& message, const char* field) {
  return items(message, field, [](const Value& item) { return dotted(*item.as_message(), "arc"); });
}

x509::Name subject_of(const Message& name) {
  x509::Name subject;
  subject.add(x509::attribute::kCountry, texts(name, "Country"));
  subject.add(x509::attribute::kOrganization, texts(name, "Organization"));
  subject.add(x509::attribute::kOrganizationalUnit, texts(name, "OrganizationUnit"));
  subject.add(x509::attribute::kLocality, texts(name, "Locality"));
  subject.add(x509::attribute::kProvince, texts(name, "Province"));
  subject.add(x509::attribute::kStreetAddress, texts(name, "StreetAddress"));
  subject.add(x509::attribute::kPostalCode, texts(name, "PostalCode"));
  if (const std::string common_name = text(name, "CommonName"); !common_name.empty()) subject.add(x509::attribute::kCommonName, common_name);
  if (const std::string serial = text(name, "SerialNumber"); !serial.empty()) subject.add(x509::attribute::kSerialNumber, serial);
  return subject;
}

x509::Seconds time_of(const Message& message, const char* field) {
  return x509::Seconds(std::chrono::seconds(get<cel::Timestamp>(message, field).seconds));
}

// By Go's numbers.
base::Result<std::vector<std::string>> extended_usages(const Message& certificate) {
  namespace usage = x509::extended_usage;
  static constexpr const char* kUsages[] = {usage::kAny, usage::kServerAuth, usage::kClientAuth, usage::kCodeSigning, usage::kEmailProtection,
                                            usage::kIpsecEndSystem, usage::kIpsecTunnel, usage::kIpsecUser, usage::kTimeStamping, usage::kOcspSigning,
                                            usage::kMicrosoftServerGatedCrypto, usage::kNetscapeServerGatedCrypto,
                                            usage::kMicrosoftCommercialCodeSigning, usage::kMicrosoftKernelCodeSigning};
  std::vector<std::string> usages;
  for (const Value& item : certificate.get("ExtKeyUsage").as_list()->items) {
    const int64_t number = *item.as<int64_t>();
    if (number < 0 || number >= static_cast<int64_t>(std::size(kUsages))) return base::invalid("x509: unknown extended key usage");
    usages.emplace_back(kUsages[number]);
  }
  for (std::string& oid : oids(certificate, "UnknownExtKeyUsage")) usages.push_back(std::move(oid));
  return usages;
}

// As Go reads them: 0 is no length unless "zero" says so, and so is -1.
base::Result<std::optional<x509::BasicConstraints>> constraints_of(const Message& certificate) {
  if (!get<bool>(certificate, "BasicConstraintsValid")) return std::optional<x509::BasicConstraints>();
  const int64_t length = get<int64_t>(certificate, "MaxPathLen");
  const bool zero = get<bool>(certificate, "MaxPathLenZero"), ca = get<bool>(certificate, "IsCA");
  if (length < -1 || length > INT32_MAX) return base::invalid("x509: invalid MaxPathLen, must be greater or equal to -1");
  const bool limited = length > 0 || (length == 0 && zero);
  if (!ca && limited) return base::invalid("x509: only CAs are allowed to specify MaxPathLen");
  x509::BasicConstraints constraints{.ca = ca, .path_length = {}};
  if (limited) constraints.path_length = static_cast<int>(length);
  return std::optional(constraints);
}

base::Result<x509::AlternativeNames> names_of(const Message& certificate) {
  x509::AlternativeNames names;
  names.dns = texts(certificate, "DNSNames");
  names.emails = texts(certificate, "EmailAddresses");
  for (const Value& item : certificate.get("IPAddresses").as_list()->items) {
    const std::string address = bytes(*item.as_message(), "IP");
    if (address.empty()) continue;
    if (address.size() != 4 && address.size() != 16) return base::invalid("bad IP address: invalid IP bytes");
    static const std::string kMapped("\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
    names.addresses.push_back(address.starts_with(kMapped) ? address.substr(12) : address);
  }
  names.uris = items(certificate, "URIs", [](const Value& item) { return url_text(*item.as_message()); });
  return names;
}

base::Result<std::vector<std::string>> ranges(const Message& certificate, const char* field, const char* kind) {
  std::vector<std::string> all;
  for (const Value& item : certificate.get(field).as_list()->items) {
    const Message& range = *item.as_message();
    const Value network = range.get("IP"), given = range.get("Mask");
    const std::string address = bytes(*network.as_message(), "IP"), mask = bytes(*given.as_message(), "IPMask");
    if (address.empty() || mask.empty()) return base::invalid(std::string(kind) + ": empty ip or mask");
    if (address.size() != mask.size() || (address.size() != 4 && address.size() != 16)) return base::invalid(std::string(kind) + ": invalid IP range");
    all.push_back(address + mask);
  }
  return all;
}

base::Result<x509::NameConstraints> name_constraints(const Message& certificate) {
  x509::NameConstraints constraints;
  constraints.permitted.dns = texts(certificate, "PermittedDNSDomains");
  constraints.permitted.emails = texts(certificate, "PermittedEmailAddresses");
  constraints.permitted.uris = texts(certificate, "PermittedURIDomains");
  constraints.excluded.dns = texts(certificate, "ExcludedDNSDomains");
  constraints.excluded.emails = texts(certificate, "ExcludedEmailAddresses");
  constraints.excluded.uris = texts(certificate, "ExcludedURIDomains");
  ASSIGN_OR_RETURN(constraints.permitted.ranges, ranges(certificate, "PermittedIPRanges", "bad permitted IP range"));
  ASSIGN_OR_RETURN(constraints.excluded.ranges, ranges(certificate, "ExcludedIPRanges", "bad permitted IP range"));
  return constraints;
}

base::Status add_extensions(x509::CertificateTemplate& content, const Message& certificate) {
  for (const Value& item : certificate.get("ExtraExtensions").as_list()->items) {
    const Message& given = *item.as_message();
    x509::Extension extension{dotted(given, "Id"), get<bool>(given, "Critical"), bytes(given, "Value")};
    if (!x509::is_oid(extension.oid)) return base::invalid("not an OID: \"" + extension.oid + "\"");
    content.extensions.push_back(std::move(extension));
  }
  ASSIGN_OR_RETURN(const x509::NameConstraints constraints, name_constraints(certificate));
  if (constraints.empty()) return {};
  for (const x509::Extension& given : content.extensions) {
    if (given.oid == x509::extension::kNameConstraints) return {};
  }
  ASSIGN_OR_RETURN(std::string value, x509::encode(constraints));
  content.extensions.push_back({x509::extension::kNameConstraints, get<bool>(certificate, "PermittedDNSDomainsCritical"), std::move(value)});
  return {};
}

}  // namespace

CelDecision decision_of(const Message& output) {
  CelDecision decision;
  decision.issuer_ref = text(output, "issuer_ref");
  if (decision.issuer_ref.empty()) decision.issuer_ref = "default";
  decision.use_pss = get<bool>(output, "use_pss");
  decision.generate_lease = get<bool>(output, "generate_lease");
  decision.no_store = get<bool>(output, "no_store");
  decision.signature_bits = static_cast<int>(get<uint64_t>(output, "signature_bits"));
  decision.warnings = texts(output, "warnings");
  std::erase(decision.warnings, "");
  decision.subject_key_id = bytes(output, "subject_key_id");
  decision.key_type = text(output, "key_type");
  decision.key_bits = static_cast<int64_t>(get<uint64_t>(output, "key_bits"));
  return decision;
}

base::Result<x509::CertificateTemplate> template_from(const Message& output, const x509::PublicKey& key) {
  const cel::FieldType* field = output.type->find("template");
  if (!output.has(*field)) return base::invalid("template is nil");
  const Value held = output.get(*field);
  const Message& certificate = *held.as_message();
  x509::CertificateTemplate content{.public_key = key};
  const Value subject = certificate.get("Subject");
  content.subject = subject_of(*subject.as_message());
  content.not_before = time_of(certificate, "NotBefore");
  content.not_after = time_of(certificate, "NotAfter");
  content.key_usage = static_cast<uint16_t>(get<int64_t>(certificate, "KeyUsage"));  // a sum of bits, whatever the enumeration says
  ASSIGN_OR_RETURN(content.extended_key_usages, extended_usages(certificate));
  ASSIGN_OR_RETURN(content.basic_constraints, constraints_of(certificate));
  ASSIGN_OR_RETURN(content.alternative_names, names_of(certificate));
  for (std::string& oid : oids(certificate, "Policies")) content.policies.push_back({.oid = std::move(oid)});
  TRY(add_extensions(content, certificate));
  return content;
}

}  // namespace bao::engines::pki
