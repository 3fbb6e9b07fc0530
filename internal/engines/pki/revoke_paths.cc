// revoke, revoke-with-key and certs/revoked.
#include <algorithm>

#include "internal/crypto/x509/pem.h"
#include "internal/engines/pki/revocation.h"
#include "internal/engines/pki/revocation_paths.h"

namespace bao::engines::pki {
namespace {

namespace x509 = crypto::x509;
using logical::Call;
using logical::FieldType;
using logical::Operation;
using logical::Reply;
using storage::ReadView;
using storage::WriteView;

constexpr size_t kShortestPem = 75;  // what is shorter is a path rather than a certificate or key

base::Error failed(const base::Words& words) { return base::internal(logical::multierror(words)); }

// What a request means to revoke.
struct Target {
  std::string der;
  Keeping keeping;
};

base::Result<Target> brought(const std::vector<Revoker>& revokers, const std::string& text) {
  if (text.size() < kShortestPem) {
    return failed("provided certificate data was too short; perhaps a path was passed to the API rather than the contents of a PEM file");
  }
  const auto certificate = x509::parse_certificate_pem(text);
  if (!certificate.ok()) return failed("failed to parse provided certificate: " + certificate.error().message());
  const bool issued_here = std::any_of(revokers.begin(), revokers.end(), [&](const Revoker& each) { return each.issued(*certificate); });
  if (!issued_here) {
    return failed(
        "unable to verify signature on presented cert from any present issuer in this mount; certificates from previous CAs will need to have "
        "their issuing CA and key re-imported if revocation is necessary");
  }
  return Target{certificate->der, Keeping::store};
}

base::Result<Target> stored(const ReadView& view, const std::string& serial) {
  const std::string key = serial_key(serial);
  if (!key.empty()) {
    ASSIGN_OR_RETURN(auto der, view.get("certs/" + key));
    if (der) return Target{std::move(*der), Keeping::as_it_is};
    ASSIGN_OR_RETURN(const auto revoked, read_revoked(view, key));
    if (revoked) return Target{revoked->certificate, Keeping::as_it_is};
  }
  return base::invalid("certificate with serial " + serial + " not found.");
}

base::Result<Target> target_of(const std::vector<Revoker>& revokers, const Call& call, const ReadView& view) {
  const std::string serial = call.fields.string("serial_number"), certificate = call.fields.string("certificate");
  if (serial.empty() && certificate.empty()) return base::invalid("The serial number or certificate to revoke must be provided.");
  if (!serial.empty() && !certificate.empty()) return base::invalid("Must provide either the certificate or the serial to revoke; not both.");
  return serial.empty() ? brought(revokers, certificate) : stored(view, serial);
}

Reply revoke(const RevokerSource& revokers, const Call& call, WriteView& view) {
  ASSIGN_OR_RETURN(const RevokerList all, revokers.all(view));
  ASSIGN_OR_RETURN(const Target target, target_of(*all, call, view));
  return revoke_certificate(view, *all, target.der, target.keeping, call.now);
}

// Whoever holds the key may revoke.
base::Status check_key(const std::string& pem, const std::string& certificate_der) {
  const auto key = x509::PrivateKey::parse_pem(pem);
  if (!key.ok()) return base::invalid("failed to parse provided private key: " + key.error().message());
  ASSIGN_OR_RETURN(const x509::Certificate certificate, x509::parse_certificate(certificate_der));
  if (key->public_key() == certificate.public_key) return {};
  return failed("provided private key does not match certificate's public key");
}

Reply revoke_with_key(const RevokerSource& revokers, const Call& call, WriteView& view) {
  const std::string key = call.fields.string("private_key");
  if (key.empty()) return base::invalid("Must have private key to revoke via the /revoke-with-key path.");
  if (key.size() < kShortestPem) {
    return base::invalid("Provided data for private_key was too short; perhaps a path was passed to the API rather than the contents of a PEM file?");
  }
  ASSIGN_OR_RETURN(const RevokerList all, revokers.all(view));
  ASSIGN_OR_RETURN(const Target target, target_of(*all, call, view));
  TRY(check_key(key, target.der));
  return revoke_certificate(view, *all, target.der, target.keeping, call.now);
}

Reply list_revoked(const Call& call, const ReadView& view) {
  std::string after = call.fields.string("after");
  std::replace(after.begin(), after.end(), ':', '-');
  const int64_t limit = call.fields.integer("limit");
  ASSIGN_OR_RETURN(auto names, view.list("revoked/", after, limit > 0 ? limit : -1));
  for (std::string& name : names) name = shown_serial(name);
  return logical::Response::keys(names);
}

using Endpoint = Reply (*)(const RevokerSource&, const Call&, WriteView&);
logical::Path revoking_path(const RevokerSource& revokers, const char* pattern, Endpoint endpoint) {
  logical::Path path;
  path.pattern = pattern;
  path.fields = {{"serial_number", FieldType::string, "Serial number, pairs of digits joined by colons or hyphens."},
                 {"certificate", FieldType::string, "The certificate in PEM, where it isn't stored; it has to be issued by an issuer of this mount."}};
  path.handlers = {{Operation::update, logical::Writes{[&revokers, endpoint](const Call& call, WriteView& view) { return endpoint(revokers, call, view); }},
                    "Revoke a certificate."}};
  path.synopsis = "Revoke a certificate by serial number or with explicit certificate.";
  path.description = "The certificate is listed from then on. A revocation is not undone.";
  return path;
}

}  // namespace

std::vector<logical::Path> revoke_paths(const RevokerSource& revokers) {
  std::vector<logical::Path> paths;
  paths.push_back(revoking_path(revokers, "revoke", revoke));
  paths.push_back(revoking_path(revokers, "revoke-with-key", revoke_with_key));
  paths.back().fields.push_back({"private_key", FieldType::string, "The certificate's private key in PEM, as proof."});
  logical::Path listing;
  listing.pattern = "certs/revoked/?";
  listing.fields = {{"after", FieldType::string, "Entry to begin listing after; it need not exist."},
                    {"limit", FieldType::integer, "Number of entries to return; all by default."}};
  listing.handlers = {{Operation::list, logical::Reads{list_revoked}, "List revoked certificates."}};
  listing.synopsis = "List all revoked serial numbers within the local cluster";
  listing.description = "Their serial numbers.";
  paths.push_back(std::move(listing));
  return paths;
}

}  // namespace bao::engines::pki
