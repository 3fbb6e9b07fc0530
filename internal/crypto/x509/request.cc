#include "internal/crypto/x509/request.h"

#include "internal/crypto/x509/der.h"
#include "internal/crypto/x509/extension_values.h"
#include "internal/crypto/x509/pem.h"

namespace bao::crypto::x509 {
namespace {

constexpr char kExtensionRequest[] = "1.2.840.113549.1.9.14";

// The extensions in the first attribute that asks for some.
base::Result<std::vector<Extension>> requested_extensions(std::string_view content) {
  der::Reader attributes(content);
  while (!attributes.at_end()) {
    ASSIGN_OR_RETURN(der::Reader attribute, attributes.open(der::kSequence));
    ASSIGN_OR_RETURN(const std::string_view oid_bytes, attribute.take(der::kOid));
    ASSIGN_OR_RETURN(const std::string oid, der::read_oid(oid_bytes));
    ASSIGN_OR_RETURN(der::Reader values, attribute.open(der::kSet));
    TRY(attribute.end());
    if (oid != kExtensionRequest) continue;
    ASSIGN_OR_RETURN(const der::Element value, values.next());
    return read_extensions(value.whole);
  }
  return std::vector<Extension>();
}

base::Status read_known_extensions(CertificateRequest& request) {
  if (const Extension* found = find_extension(request.extensions, extension::kAlternativeNames)) {
    ASSIGN_OR_RETURN(request.alternative_names, parse_alternative_names(found->value));
  }
  if (const Extension* found = find_extension(request.extensions, extension::kBasicConstraints)) {
    ASSIGN_OR_RETURN(request.basic_constraints, read_basic_constraints(found->value));
  }
  if (const Extension* found = find_extension(request.extensions, extension::kKeyUsage)) {
    ASSIGN_OR_RETURN(request.key_usage, read_key_usage(found->value));
  }
  if (const Extension* found = find_extension(request.extensions, extension::kExtendedKeyUsage)) {
    ASSIGN_OR_RETURN(request.extended_key_usages, read_extended_key_usages(found->value));
  }
  return {};
}

base::Result<CertificateRequest> read(std::string_view bytes) {
  der::Reader whole(bytes);
  ASSIGN_OR_RETURN(der::Reader outer, whole.open(der::kSequence));
  TRY(whole.end());
  ASSIGN_OR_RETURN(const der::Element info, outer.next());
  if (info.tag != der::kSequence) return der::malformed();
  ASSIGN_OR_RETURN(const der::Element algorithm, outer.next());
  ASSIGN_OR_RETURN(const std::string_view signature_bits, outer.take(der::kBitString));
  ASSIGN_OR_RETURN(const std::string_view signature, der::read_bit_string(signature_bits));
  TRY(outer.end());

  der::Reader at(info.content);
  TRY(at.take(der::kInteger));  // the version, of which there is one
  ASSIGN_OR_RETURN(const der::Element subject, at.next());
  ASSIGN_OR_RETURN(const der::Element key, at.next());
  ASSIGN_OR_RETURN(const auto attributes, at.take_if(der::context_constructed(0)));
  TRY(at.end());

  ASSIGN_OR_RETURN(PublicKey public_key, PublicKey::parse(key.whole));
  CertificateRequest request{.der = std::string(bytes), .subject{}, .public_key = std::move(public_key)};
  ASSIGN_OR_RETURN(request.subject, parse_name(subject.whole));
  ASSIGN_OR_RETURN(request.extensions, requested_extensions(attributes.value_or("")));
  TRY(read_known_extensions(request));
  request.signature_algorithm = read_algorithm_identifier(algorithm.whole);
  request.to_be_signed = info.whole;
  request.signature = signature;
  return request;
}

}  // namespace

base::Result<CertificateRequest> parse_request(std::string_view bytes) {
  auto request = read(bytes);
  if (request.ok() || request.error().message() != der::malformed().message()) return request;
  return base::invalid("x509: malformed certificate request");
}

base::Result<CertificateRequest> parse_request_pem(std::string_view text) {
  ASSIGN_OR_RETURN(const PemBlock block, parse_pem(text));
  if (!block.type.ends_with(kRequestBlock)) return base::invalid("the PEM block is not a certificate request");
  return parse_request(block.der.reveal());
}

base::Result<std::string> sign_request(const RequestTemplate& content, const PrivateKey& key, SignatureAlgorithm algorithm) {
  if (!signs_with(key.type(), algorithm)) return base::invalid("the signature algorithm does not go with the key");
  std::vector<Extension> extensions = content.extensions;
  if (!content.alternative_names.empty()) {
    ASSIGN_OR_RETURN(std::string names, encode(content.alternative_names));
    extensions.push_back({extension::kAlternativeNames, content.subject.empty(), std::move(names)});
  }
  std::string attributes;
  if (!extensions.empty()) {
    ASSIGN_OR_RETURN(const std::string encoded, encode_extensions(extensions));
    attributes = der::sequence({der::oid(kExtensionRequest), der::element(der::kSet, {encoded})});
  }
  ASSIGN_OR_RETURN(const std::string subject, encode(content.subject));
  const std::string info = der::sequence({der::integer(uint64_t{0}), subject, key.public_key().der(), der::element(der::context_constructed(0), {attributes})});
  ASSIGN_OR_RETURN(const std::string signature, sign(key, algorithm, info));
  return der::sequence({info, algorithm_identifier(algorithm), der::bit_string(signature)});
}

}  // namespace bao::crypto::x509
