#include "internal/engines/pki/cel_request.h"

#include "internal/cel/json.h"
#include "internal/cel/time.h"
#include "internal/crypto/x509/request.h"

namespace bao::engines::pki {
namespace {

namespace x509 = crypto::x509;
using cel::Value;
using Entries = std::map<Value, Value, cel::KeyLess>;

Value bytes(std::string content) { return cel::Bytes{std::move(content)}; }

// Numbers are text there: that is how the reference hands on what it parsed.
Value request_value(const logical::Call& call) {
  codec::Json data = call.request.data;
  data.set("role", call.fields.string("role"));
  return cel::value_of(data, cel::JsonNumbers::text);
}

Value subject_value(const x509::Name& subject) {
  namespace attribute = x509::attribute;
  const auto list = [&subject](const char* oid) { return Value::strings(subject.values(oid)); };
  return make_map(Entries{{"CommonName", subject.last(attribute::kCommonName)},
                          {"Country", list(attribute::kCountry)},
                          {"Organization", list(attribute::kOrganization)},
                          {"OrganizationalUnit", list(attribute::kOrganizationalUnit)},
                          {"Locality", list(attribute::kLocality)},
                          {"Province", list(attribute::kProvince)},
                          {"StreetAddress", list(attribute::kStreetAddress)},
                          {"PostalCode", list(attribute::kPostalCode)},
                          {"ExtraNames", Value::list({})},
                          {"SerialNumber", subject.last(attribute::kSerialNumber)}});
}

// As Go's constants name themselves.
std::string signature_name(x509::SignatureAlgorithm algorithm) {
  using A = x509::SignatureAlgorithm;
  switch (algorithm) {
    case A::sha1_rsa: return "SHA1-RSA";
    case A::sha256_rsa: return "SHA256-RSA";
    case A::sha384_rsa: return "SHA384-RSA";
    case A::sha512_rsa: return "SHA512-RSA";
    case A::ecdsa_sha1: return "ECDSA-SHA1";
    case A::ecdsa_sha256: return "ECDSA-SHA256";
    case A::ecdsa_sha384: return "ECDSA-SHA384";
    case A::ecdsa_sha512: return "ECDSA-SHA512";
    case A::sha256_rsa_pss: return "SHA256-RSAPSS";
    case A::sha384_rsa_pss: return "SHA384-RSAPSS";
    case A::sha512_rsa_pss: return "SHA512-RSAPSS";
    case A::ed25519: return "Ed25519";
    case A::unknown: break;
  }
  return "0";
}

const char* key_name(x509::KeyType type) {
  return type == x509::KeyType::rsa ? "RSA" : type == x509::KeyType::ec ? "ECDSA" : "Ed25519";
}

Value csr_value(const x509::CertificateRequest& csr) {
  Entries extensions;
  for (const x509::Extension& extension : csr.extensions) extensions.insert_or_assign(extension.oid, bytes(extension.value));
  std::vector<std::string> addresses;
  for (const std::string& address : csr.alternative_names.addresses) addresses.push_back(x509::address_text(address));
  return make_map(Entries{{"Raw", bytes(csr.der)},
                          {"RawTBSCertificateRequest", bytes(csr.to_be_signed)},
                          {"RawSubjectPublicKeyInfo", bytes(csr.public_key.der())},
                          {"Version", 0},
                          {"Signature", bytes(csr.signature)},
                          {"SignatureAlgorithm", signature_name(csr.signature_algorithm)},
                          {"PublicKeyAlgorithm", key_name(csr.public_key.type())},
                          {"Subject", subject_value(csr.subject)},
                          {"Extensions", make_map(std::move(extensions))},
                          {"ExtraExtensions", Value::list({})},
                          {"DNSNames", Value::strings(csr.alternative_names.dns)},
                          {"EmailAddresses", Value::strings(csr.alternative_names.emails)},
                          {"IPAddresses", Value::strings(addresses)},
                          {"URIs", Value::strings(csr.alternative_names.uris)}});
}

}  // namespace

base::Result<cel::Variables> program_variables(const logical::Call& call, CelKind kind) {
  cel::Variables variables = {{"request", request_value(call)}, {"now", cel::timestamp_of(call.now)}, {"use_csr", kind == CelKind::sign}};
  if (kind == CelKind::issue) return variables;
  Value parsed = cel::make_map({});
  if (call.fields.has("csr")) {
    const std::string given = call.fields.string("csr");
    if (given.find("-----BEGIN CERTIFICATE REQUEST-----") == std::string::npos) return base::invalid("failed to parse CSR: invalid CSR format");
    const auto csr = x509::parse_request_pem(given);
    if (!csr.ok()) return base::invalid("failed to parse CSR: failed to parse CSR");
    parsed = csr_value(*csr);
  }
  variables.insert_or_assign("parsed_csr", std::move(parsed));
  return variables;
}

}  // namespace bao::engines::pki
