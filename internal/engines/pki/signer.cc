#include "internal/engines/pki/signer.h"

#include "internal/crypto/x509/serial.h"
#include "internal/engines/pki/validity.h"

namespace bao::engines::pki {

base::Error failure(const base::Words& words) { return base::internal(logical::multierror(words)); }

base::Result<IssuingAuthority> find_issuing(const Authorities& authorities, const std::string& reference) {
  static constexpr char kNoCa[] = "could not fetch the CA certificate (was one set?): ";
  const auto found = authorities.find_issuer(reference);
  if (!found.ok()) return failure(kNoCa + found.error().message());
  const Issuer& issuer = **found;
  if (issuer.entry.revoked) return failure(std::string(kNoCa) + "issuer " + issuer.entry.id + " is revoked");
  if ((issuer.entry.usage & kIssuing) == 0) {
    return failure(std::string(kNoCa) + "requested usage of issuing-certificates for issuer " + issuer.entry.id + " but it only has " +
                   usage_names(issuer.entry.usage));
  }
  const Key* key = authorities.key_of(issuer);
  if (key == nullptr || !key->pair) return failure(std::string(kNoCa) + "the key of issuer " + issuer.entry.id + " is not in this mount");
  IssuingAuthority authority{&issuer, &*key->pair, {}};
  auto urls = fill_in(authorities.urls_of(issuer), authorities.cluster, issuer.entry.id);
  if (!urls.ok()) return failure("error fetching CA certificate: unable to fetch AIA URL information: " + urls.error().message());
  authority.urls = std::move(*urls);
  return authority;
}

void add_urls(x509::CertificateTemplate& content, const Urls& urls) {
  content.ocsp_servers = urls.ocsp_servers;
  content.issuing_certificates = urls.issuing_certificates;
  content.crl_distribution_points = urls.crl_distribution_points;
  content.delta_crl_distribution_points = urls.delta_crl_distribution_points;
}

base::Result<SignedCertificate> sign_with(const IssuingAuthority& authority, x509::CertificateTemplate content, int signature_bits,
                                          x509::Padding padding) {
  add_urls(content, authority.urls);
  const bool rsa = authority.key->type() == x509::KeyType::rsa;
  ASSIGN_OR_RETURN(const auto algorithm, x509::choose_signature(authority.key->public_key(), rsa ? signature_bits : 0, padding));
  if (content.serial.empty()) content.serial = x509::random_serial();
  ASSIGN_OR_RETURN(std::string der,
                   x509::sign_certificate(content, x509::Signer{*authority.key, algorithm, &authority.issuer->certificate}));
  return SignedCertificate{std::move(der), std::move(content.serial), content.not_before, content.not_after};
}

logical::SecretLease lease_of(const SignedCertificate& certificate, base::Time now) {
  logical::SecretLease lease;
  lease.ttl = time_left(certificate.not_after, now);
  lease.internal_data = codec::Json::object({{"secret_type", "pki"}, {"serial_number", x509::serial_text(certificate.serial, ':')}});
  return lease;
}

}  // namespace bao::engines::pki
