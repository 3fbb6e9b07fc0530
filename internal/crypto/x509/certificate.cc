#include "internal/crypto/x509/certificate.h"

#include "internal/crypto/x509/der.h"
#include "internal/crypto/x509/extension_values.h"
#include "internal/crypto/x509/pem.h"

namespace bao::crypto::x509 {
namespace {

// Where the parts stand in the bytes, before they are read.
struct Parts {
  std::string_view to_be_signed, signature;
  std::string_view serial, algorithm, issuer, validity, subject, public_key, extensions;
};

base::Result<Parts> split(std::string_view bytes) {
  der::Reader whole(bytes);
  ASSIGN_OR_RETURN(der::Reader certificate, whole.open(der::kSequence));
  TRY(whole.end());
  Parts parts;
  ASSIGN_OR_RETURN(const der::Element inner, certificate.next());
  if (inner.tag != der::kSequence) return der::malformed();
  parts.to_be_signed = inner.whole;
  der::Reader at(inner.content);
  ASSIGN_OR_RETURN(const auto version, at.take_if(der::context_constructed(0)));
  ASSIGN_OR_RETURN(parts.serial, at.take(der::kInteger));
  ASSIGN_OR_RETURN(const der::Element algorithm, at.next());
  ASSIGN_OR_RETURN(const der::Element outer_algorithm, certificate.next());
  if (algorithm.whole != outer_algorithm.whole) return base::invalid("x509: inner and outer signature algorithm identifiers don't match");
  parts.algorithm = algorithm.whole;
  ASSIGN_OR_RETURN(const der::Element issuer, at.next());
  parts.issuer = issuer.whole;
  ASSIGN_OR_RETURN(parts.validity, at.take(der::kSequence));
  ASSIGN_OR_RETURN(const der::Element subject, at.next());
  parts.subject = subject.whole;
  ASSIGN_OR_RETURN(const der::Element public_key, at.next());
  parts.public_key = public_key.whole;
  TRY(at.take_if(der::context(1)));  // unique identifiers, of old
  TRY(at.take_if(der::context(2)));
  ASSIGN_OR_RETURN(const auto extensions, at.take_if(der::context_constructed(3)));
  parts.extensions = extensions.value_or("");
  TRY(at.end());
  if (extensions && version != std::string_view("\x02\x01\x02", 3)) return base::invalid("x509: invalid version");
  ASSIGN_OR_RETURN(const std::string_view signature, certificate.take(der::kBitString));
  ASSIGN_OR_RETURN(parts.signature, der::read_bit_string(signature));
  TRY(certificate.end());
  return parts;
}

base::Status read_validity(std::string_view content, Certificate& certificate) {
  der::Reader validity(content);
  ASSIGN_OR_RETURN(const der::Element not_before, validity.next());
  ASSIGN_OR_RETURN(const der::Element not_after, validity.next());
  TRY(validity.end());
  ASSIGN_OR_RETURN(certificate.not_before, der::read_time(not_before));
  ASSIGN_OR_RETURN(certificate.not_after, der::read_time(not_after));
  return {};
}

// Calls `read` with the extension's value where there is one, and keeps what it gives.
template <typename To, typename Read>
base::Status keep(const Certificate& certificate, const char* oid, Read read, To& to) {
  const Extension* extension = find_extension(certificate.extensions, oid);
  if (!extension) return {};
  auto value = read(extension->value);
  if (!value.ok()) return value.error();
  to = std::move(value).value();
  return {};
}

base::Status read_known_extensions(Certificate& certificate) {
  TRY(keep(certificate, extension::kBasicConstraints, read_basic_constraints, certificate.basic_constraints));
  TRY(keep(certificate, extension::kKeyUsage, read_key_usage, certificate.key_usage));
  TRY(keep(certificate, extension::kExtendedKeyUsage, read_extended_key_usages, certificate.extended_key_usages));
  TRY(keep(certificate, extension::kSubjectKeyId, read_octets, certificate.subject_key_id));
  TRY(keep(certificate, extension::kAuthorityKeyId, read_authority_key_id, certificate.authority_key_id));
  TRY(keep(certificate, extension::kAlternativeNames, parse_alternative_names, certificate.alternative_names));
  TRY(keep(certificate, extension::kCertificatePolicies, read_policies, certificate.policies));
  TRY(keep(certificate, extension::kNameConstraints, read_permitted_dns_domains, certificate.permitted_dns_domains));
  TRY(keep(certificate, extension::kCrlDistributionPoints, read_distribution_points, certificate.crl_distribution_points));
  InformationAccess access;
  TRY(keep(certificate, extension::kAuthorityInformationAccess, read_information_access, access));
  certificate.ocsp_servers = std::move(access.ocsp_servers);
  certificate.issuing_certificates = std::move(access.issuing_certificates);
  return {};
}

base::Result<Certificate> read(std::string_view bytes) {
  ASSIGN_OR_RETURN(const Parts parts, split(bytes));
  ASSIGN_OR_RETURN(PublicKey public_key, PublicKey::parse(parts.public_key));
  Certificate certificate{.der = std::string(bytes), .serial{}, .subject{}, .issuer{}, .subject_der = std::string(parts.subject),
                          .issuer_der = std::string(parts.issuer), .public_key = std::move(public_key),
                          .signature_algorithm = read_algorithm_identifier(parts.algorithm), .subject_key_id{}, .authority_key_id{}};
  ASSIGN_OR_RETURN(certificate.serial, der::read_magnitude(parts.serial));
  ASSIGN_OR_RETURN(certificate.subject, parse_name(parts.subject));
  ASSIGN_OR_RETURN(certificate.issuer, parse_name(parts.issuer));
  TRY(read_validity(parts.validity, certificate));
  if (!parts.extensions.empty()) {
    ASSIGN_OR_RETURN(certificate.extensions, read_extensions(parts.extensions));
    TRY(read_known_extensions(certificate));
  }
  certificate.to_be_signed = parts.to_be_signed;
  certificate.signature = parts.signature;
  return certificate;
}

bool is_allowed(const Certificate& certificate, KeyUsage usage) { return !certificate.key_usage || (*certificate.key_usage & usage) != 0; }

}  // namespace

bool Certificate::may_sign_certificates() const { return basic_constraints && basic_constraints->ca && is_allowed(*this, kCertSign); }
bool Certificate::may_sign_crls() const { return basic_constraints && basic_constraints->ca && is_allowed(*this, kCrlSign); }

base::Result<Certificate> parse_certificate(std::string_view bytes) {
  auto certificate = read(bytes);
  if (certificate.ok() || certificate.error().message() != der::malformed().message()) return certificate;
  return base::invalid("x509: malformed certificate");
}

base::Result<Certificate> parse_certificate_pem(std::string_view text) {
  ASSIGN_OR_RETURN(const PemBlock block, parse_pem(text));
  if (block.type != kCertificateBlock) return base::invalid("the PEM block is not a certificate");
  return parse_certificate(block.der.reveal());
}

base::Status check_issued_by(const Certificate& certificate, const Certificate& issuer) {
  if (certificate.issuer_der != issuer.subject_der) return base::invalid("the certificate names another issuer");
  if (!certificate.authority_key_id.empty() && !issuer.subject_key_id.empty() && certificate.authority_key_id != issuer.subject_key_id) {
    return base::invalid("the certificate names another key of its issuer");
  }
  if (!is_signed_by(certificate, issuer.public_key)) return base::invalid("the certificate is not signed by that key");
  return {};
}

bool is_signed_by(const Certificate& certificate, const PublicKey& key) {
  return verify(key, certificate.signature_algorithm, certificate.to_be_signed, certificate.signature);
}

}  // namespace bao::crypto::x509
