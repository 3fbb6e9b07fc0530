#include "internal/crypto/x509/certificate_template.h"

#include <algorithm>

#include "internal/crypto/x509/der.h"
#include "internal/crypto/x509/extension_values.h"
#include "internal/crypto/x509/serial.h"
#include "internal/crypto/x509/text.h"

namespace bao::crypto::x509 {
namespace {

// What a DER time can say; 10000 has a digit too many.
constexpr Seconds kFirstTime = std::chrono::sys_days(std::chrono::year(0) / 1 / 1), kLastTime = std::chrono::sys_days(std::chrono::year(10000) / 1 / 1);

bool is_writable(Seconds time) { return time >= kFirstTime && time < kLastTime; }

base::Status check_text(const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    if (!is_ascii(text)) return base::invalid("x509: \"" + text + "\" cannot be encoded as an IA5String");
  }
  return {};
}

base::Status check(const CertificateTemplate& content) {
  if (!is_writable(content.not_before) || !is_writable(content.not_after)) return base::invalid("a certificate's time outside the years 0 to 9999");
  if (content.serial.size() > 20) return base::invalid("a serial number of more than 20 bytes");
  for (const std::string& oid : content.extended_key_usages) {
    if (!is_oid(oid)) return base::invalid("not an OID: \"" + oid + "\"");
  }
  for (const auto* texts : {&content.ocsp_servers, &content.issuing_certificates, &content.permitted_dns_domains, &content.crl_distribution_points,
                            &content.delta_crl_distribution_points}) {
    TRY(check_text(*texts));
  }
  return {};
}

// The issuer's key: named by itself where it has an identifier, else by its bits.
std::string authority_key_id(const CertificateTemplate& content, const Signer& signer) {
  if (signer.certificate) return signer.certificate->subject_key_id.empty() ? signer.key.public_key().key_id() : signer.certificate->subject_key_id;
  return content.subject_key_id.empty() ? signer.key.public_key().key_id() : content.subject_key_id;
}

class Extensions {
 public:
  explicit Extensions(const std::vector<Extension>& replacing) : replacing_(replacing) {}
  void add(const char* oid, bool critical, std::string value) {
    if (!find_extension(replacing_, oid)) all_.push_back({oid, critical, std::move(value)});
  }
  std::vector<Extension> take() && {
    return std::move(all_);
  }
  void append(const std::vector<Extension>& more) { all_.insert(all_.end(), more.begin(), more.end()); }

 private:
  const std::vector<Extension>& replacing_;
  std::vector<Extension> all_;
};

base::Result<std::vector<Extension>> extensions_of(const CertificateTemplate& content, const Signer& signer) {
  Extensions extensions(content.extensions);
  if (content.key_usage != 0) extensions.add(extension::kKeyUsage, true, encode_key_usage(content.key_usage));
  if (!content.extended_key_usages.empty()) extensions.add(extension::kExtendedKeyUsage, false, encode_extended_key_usages(content.extended_key_usages));
  if (content.basic_constraints) extensions.add(extension::kBasicConstraints, true, encode_basic_constraints(*content.basic_constraints));
  extensions.add(extension::kSubjectKeyId, false,
                 der::element(der::kOctetString, {content.subject_key_id.empty() ? content.public_key.key_id() : content.subject_key_id}));
  extensions.add(extension::kAuthorityKeyId, false, encode_authority_key_id(authority_key_id(content, signer)));
  if (!content.ocsp_servers.empty() || !content.issuing_certificates.empty()) {
    extensions.add(extension::kAuthorityInformationAccess, false, encode_information_access(content.ocsp_servers, content.issuing_certificates));
  }
  ASSIGN_OR_RETURN(std::string names, encode(content.alternative_names));
  const bool names_last = !content.alternative_names.others.empty();
  const bool names_critical = content.subject.empty() && content.subject_der.empty();
  if (!content.alternative_names.empty() && !names_last) extensions.add(extension::kAlternativeNames, names_critical, names);
  if (!content.policies.empty()) {
    ASSIGN_OR_RETURN(std::string policies, encode_policies(content.policies));
    extensions.add(extension::kCertificatePolicies, false, std::move(policies));
  }
  if (!content.permitted_dns_domains.empty()) extensions.add(extension::kNameConstraints, true, encode_name_constraints(content.permitted_dns_domains));
  if (!content.crl_distribution_points.empty()) {
    extensions.add(extension::kCrlDistributionPoints, false, encode_distribution_points(content.crl_distribution_points));
  }
  if (!content.delta_crl_distribution_points.empty()) {
    extensions.add(extension::kFreshestCrl, false, encode_distribution_points(content.delta_crl_distribution_points));
  }
  extensions.append(content.extensions);
  if (names_last) extensions.add(extension::kAlternativeNames, names_critical, std::move(names));
  return std::move(extensions).take();
}

}  // namespace

base::Result<std::string> sign_certificate(const CertificateTemplate& content, const Signer& signer) {
  TRY(check(content));
  if (!signs_with(signer.key.type(), signer.algorithm)) return base::invalid("the signature algorithm does not go with the key");
  std::string subject = content.subject_der;
  if (subject.empty()) {
    ASSIGN_OR_RETURN(subject, encode(content.subject));
  }
  ASSIGN_OR_RETURN(const auto extensions, extensions_of(content, signer));
  ASSIGN_OR_RETURN(const std::string encoded, encode_extensions(extensions));
  const std::string algorithm = algorithm_identifier(signer.algorithm);
  const std::string to_be_signed = der::sequence(
      {der::element(der::context_constructed(0), {der::integer(2)}), der::integer(content.serial.empty() ? random_serial() : content.serial), algorithm,
       signer.certificate ? signer.certificate->subject_der : subject, der::sequence({der::time(content.not_before), der::time(content.not_after)}), subject,
       content.public_key.der(), der::element(der::context_constructed(3), {encoded})});
  ASSIGN_OR_RETURN(const std::string signature, sign(signer.key, signer.algorithm, to_be_signed));
  return der::sequence({to_be_signed, algorithm, der::bit_string(signature)});
}

CertificateTemplate template_of(const Certificate& certificate) {
  CertificateTemplate content{.public_key = certificate.public_key, .subject_der = certificate.subject_der, .not_before = certificate.not_before,
                              .not_after = certificate.not_after, .serial = certificate.serial};
  content.ocsp_servers = certificate.ocsp_servers;
  content.issuing_certificates = certificate.issuing_certificates;
  content.crl_distribution_points = certificate.crl_distribution_points;
  for (const Extension& each : certificate.extensions) {
    const bool made_anew = each.oid == extension::kAuthorityKeyId || each.oid == extension::kAuthorityInformationAccess || each.oid == extension::kCrlDistributionPoints;
    if (!made_anew) content.extensions.push_back(each);
  }
  return content;
}

}  // namespace bao::crypto::x509
