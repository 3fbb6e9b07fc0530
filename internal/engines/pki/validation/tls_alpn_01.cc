// RFC 8737, and RFC 8738 for addresses: a self-signed certificate at port 443 tells the digest of the key authorization.
#include "internal/engines/pki/validation/tls_alpn_01.h"

#include <strings.h>

#include <algorithm>
#include <array>

#include "internal/base/ensure.h"
#include "internal/base/secret.h"
#include "internal/crypto/hash.h"
#include "internal/engines/pki/validation/connection.h"

namespace bao::engines::pki::acme {
namespace {

namespace x509 = crypto::x509;

constexpr char kAcmeIdentifier[] = "1.3.6.1.5.5.7.1.31";

// Those whose meaning is known to whoever reads certificates here.
constexpr std::array<std::string_view, 10> kUnderstood = {
    kAcmeIdentifier, x509::extension::kAlternativeNames, x509::extension::kBasicConstraints, x509::extension::kKeyUsage,
    x509::extension::kExtendedKeyUsage, x509::extension::kSubjectKeyId, x509::extension::kAuthorityKeyId,
    x509::extension::kCertificatePolicies, x509::extension::kNameConstraints, x509::extension::kCrlDistributionPoints};

bool is_identifier(const x509::AlternativeNames& names, const ValidationTask& task) {
  const x509::AlternativeNames& n = names;
  if (!n.others.empty() || !n.emails.empty() || !n.uris.empty() || n.dns.size() + n.addresses.size() != 1) return false;
  if (task.identifier_type == IdentifierType::ip) return !n.addresses.empty() && n.addresses[0] == x509::parse_address(task.identifier);
  return !n.dns.empty() && n.dns[0].size() == task.identifier.size() && ::strcasecmp(n.dns[0].c_str(), task.identifier.c_str()) == 0;
}

// The names are what was read of the extension and nothing that reading passed over: encoded, they are its bytes again.
base::Status check_names(const x509::Certificate& certificate, const ValidationTask& task) {
  const auto encoded = x509::encode(certificate.alternative_names);
  for (const x509::Extension& extension : certificate.extensions) {
    if (extension.oid != x509::extension::kAlternativeNames) continue;
    if (encoded.ok() && *encoded == extension.value && is_identifier(certificate.alternative_names, task)) return {};
  }
  return base::invalid("the certificate's alternative names are not the identifier alone");
}

// The octets of the digest, in DER.
base::Status check_digest(const x509::Certificate& certificate, const ValidationTask& task) {
  const std::string expected = "\x04\x20" + crypto::sha256(task.key_authorization);
  for (const x509::Extension& extension : certificate.extensions) {
    if (extension.oid != kAcmeIdentifier) continue;
    if (!extension.critical) return base::invalid("the certificate's acmeIdentifier extension is not critical");
    if (base::equal_in_constant_time(extension.value, expected)) return {};
    return base::invalid("the certificate's acmeIdentifier extension is not the digest of the key authorization");
  }
  return base::invalid("the certificate has no acmeIdentifier extension");
}

Verdict refused(Problem problem, const std::string& why) { return {problem, "tls-alpn-01: " + why}; }

}  // namespace

std::string reverse_name(const std::string& address) {
  const auto bytes = x509::parse_address(address);
  ENSURE(bytes, "no address");
  std::string out;
  for (auto at = bytes->rbegin(); at != bytes->rend(); ++at) {
    constexpr char kHex[] = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(*at);
    if (bytes->size() == 4) out += std::to_string(byte) + ".";
    else out += {kHex[byte & 15], '.', kHex[byte >> 4], '.'};
  }
  return out + (bytes->size() == 4 ? "in-addr.arpa" : "ip6.arpa");
}

base::Status check_alpn_certificate(const x509::Certificate& certificate, const ValidationTask& task) {
  if (!certificate.self_issued() || !x509::is_signed_by(certificate, certificate.public_key))
    return base::invalid("the certificate is not signed by itself");
  TRY(check_names(certificate, task));
  TRY(check_digest(certificate, task));
  for (const x509::Extension& extension : certificate.extensions) {
    if (extension.critical && std::find(kUnderstood.begin(), kUnderstood.end(), extension.oid) == kUnderstood.end())
      return base::invalid("the certificate has a critical extension that is not understood");
  }
  return {};
}

Verdict tls_alpn_01(const ValidationTask& task, const Attempt& attempt) {
  const bool is_ip = task.identifier_type == IdentifierType::ip;
  if (is_ip && !is_address(task.identifier)) return refused(Problem::unauthorized, "no address");
  Verdict why;
  auto connection = Connection::open(task.identifier, attempt.ports.https, task.dns_resolver, attempt, why);
  if (!connection) return refused(why.problem, why.detail);
  const auto shaken = connection->start_tls(is_ip ? reverse_name(task.identifier) : task.identifier, "acme-tls/1");
  if (!shaken.ok()) return refused(Problem::tls, shaken.error().message());
  const std::vector<std::string> chain = connection->peer_certificates();
  if (chain.size() != 1) return refused(Problem::incorrect_response, "the server showed " + std::to_string(chain.size()) + " certificates, not one");
  const auto certificate = x509::parse_certificate(chain[0]);
  if (!certificate.ok()) return refused(Problem::incorrect_response, "the server's certificate cannot be read");
  const auto checked = check_alpn_certificate(*certificate, task);
  return checked.ok() ? Verdict() : refused(Problem::incorrect_response, checked.error().message());
}

}  // namespace bao::engines::pki::acme
