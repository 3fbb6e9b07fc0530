#include "internal/engines/pki/cel_types.h"

#include <initializer_list>

namespace bao::engines::pki {
namespace {

using cel::FieldType;
using Kind = FieldType::Kind;

class Builder {
 public:
  explicit Builder(cel::Types& types) : types_(types) {}

  // A type has to be declared after those that it names.
  void add(const std::string& name, std::vector<FieldType> fields) {
    types_.messages.insert_or_assign("openbao.pki." + name, cel::MessageType{"openbao.pki." + name, std::move(fields)});
  }
  FieldType message(const char* field, const std::string& type) const { return {field, Kind::message, false, named(type)}; }
  FieldType messages(const char* field, const std::string& type) const { return {field, Kind::message, true, named(type)}; }
  void enumeration(const std::string& name, std::initializer_list<const char*> values) {
    int64_t number = 0;
    for (const char* value : values) types_.constants["openbao.pki." + name + "." + name + value] = number++;
  }

 private:
  const cel::MessageType* named(const std::string& type) const { return &types_.messages.at("openbao.pki." + type); }
  cel::Types& types_;
};

FieldType flag(const char* name) { return {name, Kind::boolean}; }
FieldType number(const char* name) { return {name, Kind::int64}; }
FieldType text(const char* name) { return {name, Kind::string}; }
FieldType texts(const char* name) { return {name, Kind::string, true}; }
FieldType bytes(const char* name) { return {name, Kind::bytes}; }

void add_enumerations(Builder& builder) {
  builder.enumeration("KeyUsage", {"Unspecified", "DigitalSignature", "ContentCommitment", "KeyEncipherment", "DataEncipherment", "KeyAgreement",
                                   "CertSign", "CRLSign", "EncipherOnly", "DecipherOnly"});
  builder.enumeration("ExtKeyUsage", {"Any", "ServerAuth", "ClientAuth", "CodeSigning", "EmailProtection", "IPSECEndSystem", "IPSECTunnel", "IPSECUser",
                                      "TimeStamping", "OCSPSigning", "MicrosoftServerGatedCrypto", "NetscapeServerGatedCrypto",
                                      "MicrosoftCommercialCodeSigning", "MicrosoftKernelCodeSigning"});
}

void add_parts(Builder& builder) {
  builder.add("PKIX", {});
  builder.add("PKIX.Name", {texts("Country"), texts("Organization"), texts("OrganizationUnit"), texts("Locality"), texts("Province"),
                            texts("StreetAddress"), texts("PostalCode"), text("SerialNumber"), text("CommonName")});
  builder.add("PKIX.Extension", {{"Id", Kind::int64, true}, flag("Critical"), bytes("Value")});
  builder.add("ObjectIdentifier", {{"arc", Kind::uint32, true}});
  builder.add("OID", {{"arc", Kind::uint64, true}});
  builder.add("PolicyMapping", {builder.message("IssuerDomainPolicy", "OID"), builder.message("SubjectDomainPolicy", "OID")});
  builder.add("net", {});
  builder.add("net.IP", {bytes("IP")});
  builder.add("net.IPMask", {bytes("IPMask")});
  builder.add("net.IPNet", {builder.message("IP", "net.IP"), builder.message("Mask", "net.IPMask")});
  builder.add("Userinfo", {text("username"), text("password"), flag("password_set")});
  builder.add("url", {});
  builder.add("url.URL", {text("Scheme"), text("Opaque"), builder.message("User", "Userinfo"), text("Host"), text("Path"), text("RawPath"),
                          flag("OmitHost"), flag("ForceQuery"), text("RawQuery"), text("Fragment"), text("RawFragment")});
}

void add_template(Builder& builder) {
  builder.add("CertTemplate",
              {number("Version"), builder.message("Subject", "PKIX.Name"), {"NotBefore", Kind::timestamp}, {"NotAfter", Kind::timestamp},
               {"KeyUsage", Kind::enumeration}, builder.messages("ExtraExtensions", "PKIX.Extension"), {"ExtKeyUsage", Kind::enumeration, true},
               builder.messages("UnknownExtKeyUsage", "ObjectIdentifier"), flag("BasicConstraintsValid"), flag("IsCA"), number("MaxPathLen"),
               flag("MaxPathLenZero"), bytes("SubjectKeyId"), texts("DNSNames"), texts("EmailAddresses"), builder.messages("IPAddresses", "net.IP"),
               builder.messages("URIs", "url.URL"), flag("PermittedDNSDomainsCritical"), texts("PermittedDNSDomains"), texts("ExcludedDNSDomains"),
               builder.messages("PermittedIPRanges", "net.IPNet"), builder.messages("ExcludedIPRanges", "net.IPNet"),
               texts("PermittedEmailAddresses"), texts("ExcludedEmailAddresses"), texts("PermittedURIDomains"), texts("ExcludedURIDomains"),
               builder.messages("PolicyIdentifiers", "ObjectIdentifier"), builder.messages("Policies", "OID"), number("InhibitAnyPolicy"),
               flag("InhibitAnyPolicyZero"), number("InhibitPolicyMapping"), flag("InhibitPolicyMappingZero"), number("RequireExplicitPolicy"),
               flag("RequireExplicitPolicyZero"), builder.messages("PolicyMappings", "PolicyMapping")});
  builder.add("ValidationOutput", {builder.message("template", "CertTemplate"), text("issuer_ref"), flag("use_pss"), {"signature_bits", Kind::uint32},
                                   flag("generate_lease"), flag("no_store"), texts("warnings"), bytes("subject_key_id"), text("key_type"),
                                   {"key_bits", Kind::uint64}});
}

const cel::Types& template_types() {
  static const cel::Types types = [] {
    cel::Types made;
    Builder builder(made);
    add_enumerations(builder);
    add_parts(builder);
    add_template(builder);
    return made;
  }();
  return types;
}

}  // namespace

const cel::Environment& program_environment() {
  static const cel::Environment environment{"openbao.pki", &template_types()};
  return environment;
}

// Those of identity are declared and, in this engine, have no values.
const cel::Declarations& program_declarations() {
  static const cel::Declarations declarations = {
      {"request", "map"},    {"now", "google.protobuf.Timestamp"}, {"use_csr", "bool"},       {"parsed_csr", "map"},
      {"client_token", ""},  {"entity_id", "string"},              {"entity_groups", "list"}, {"entity_info", "map"}};
  return declarations;
}

}  // namespace bao::engines::pki
