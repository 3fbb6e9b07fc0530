// OCSP (RFC 6960): what a certificate's state is, by GET and POST, signed by its issuer. Reads only, on every node.
#include "internal/crypto/x509/ocsp.h"

#include "internal/codec/encoding.h"
#include "internal/crypto/x509/serial.h"
#include "internal/engines/pki/crl_config.h"
#include "internal/engines/pki/revocation_paths.h"
#include "internal/engines/pki/revoked_entry.h"

namespace bao::engines::pki {
namespace {

namespace x509 = crypto::x509;
using logical::Call;
using logical::Operation;
using logical::Reply;
using storage::ReadView;

constexpr size_t kRequestBytesMax = 2048;  // as the reference: one question and a nonce
constexpr char kAnswerType[] = "application/ocsp-response";

x509::Seconds seconds_of(base::Time time) { return std::chrono::floor<std::chrono::seconds>(time); }

logical::Response answer(int status, std::string der) {
  logical::Response response;
  response.raw = logical::RawBody{status, kAnswerType, std::move(der)};
  return response;
}

logical::Response malformed() { return answer(400, x509::ocsp_failure(x509::OcspFailure::malformed_request)); }
logical::Response unauthorized() { return answer(401, x509::ocsp_failure(x509::OcspFailure::unauthorized)); }

bool can_answer(const Revoker& revoker) { return revoker.signs_ocsp && revoker.key.has_value(); }

// The issuer that is asked about, one that can answer if there are twins; nullptr when it is none of ours.
const Revoker* asked_issuer(const std::vector<Revoker>& all, const x509::OcspCertificateId& id) {
  const Revoker* found = nullptr;
  for (const Revoker& revoker : all) {
    if (!x509::is_about(id, *revoker.certificate)) continue;
    if (!found || (!can_answer(*found) && can_answer(revoker))) found = &revoker;
  }
  return found;
}

// Whether the entry is about a certificate of that issuer, and not of another with the same serial number.
bool is_of(const RevokedEntry& entry, const Revoker& issuer, const std::vector<Revoker>& all) {
  const Revoker* recorded = find_revoker(all, entry.issuer_id);
  return !recorded || recorded->id == issuer.id || recorded->is_twin_of(issuer);
}

// Whose answers, and those given lately.
struct Responder {
  const RevokerSource& revokers;
  OcspCache& cache;
};

Reply respond(const Responder& mount, const Call& call, const ReadView& view, std::string_view der) {
  ASSIGN_OR_RETURN(const CrlConfig config, read_crl_config(view));
  if (config.ocsp_disable) return unauthorized();
  const auto request = der.size() > kRequestBytesMax ? base::Result<x509::OcspRequest>(base::invalid("too large")) : x509::parse_ocsp_request(der);
  if (!request.ok()) return malformed();
  // One question a request is answered, as by the reference.
  const x509::OcspCertificateId& id = request->certificates.front();
  if (auto kept = mount.cache.find(id, call.now)) return answer(200, std::move(*kept));
  ASSIGN_OR_RETURN(const RevokerList all, mount.revokers.all(view));
  const Revoker* issuer = asked_issuer(*all, id);
  const Revoker* responder = issuer ? issuer : find_revoker(*all, "default");
  if (!responder || !can_answer(*responder)) return unauthorized();

  x509::OcspAnswer status{.certificate = id, .status = issuer ? x509::OcspStatus::good : x509::OcspStatus::unknown};
  ASSIGN_OR_RETURN(const auto revoked, read_revoked(view, x509::serial_text(id.serial, '-')));
  if (issuer && revoked && is_of(*revoked, *issuer, *all)) {
    status.status = x509::OcspStatus::revoked;
    status.revocation.at = seconds_of(revoked->revoked_at);
  }
  status.this_update = seconds_of(call.now);
  if (config.ocsp_expiry_time() > base::Duration(0)) status.next_update = seconds_of(call.now + config.ocsp_expiry_time());
  // No nonce: the reference repeats none, and answers without one can be kept by whoever asks.
  ASSIGN_OR_RETURN(std::string signed_answer, x509::sign_ocsp_response({status}, std::nullopt, seconds_of(call.now), responder->signer()));
  // Of a foreign certificate nothing is kept: who asks chooses its number.
  if (issuer) mount.cache.keep(id, signed_answer, view.index(), call.now, config.ocsp_expiry_time());
  return answer(200, std::move(signed_answer));
}

Reply by_post(const Responder& mount, const Call& call, const ReadView& view) {
  return respond(mount, call, view, call.request.raw_body);
}

// The request stands in the path, in base64 of either alphabet.
Reply by_get(const Responder& mount, const Call& call, const ReadView& view) {
  const std::string text = call.fields.string("req");
  auto der = codec::from_base64(text);
  if (!der.ok()) der = codec::from_base64url(text);
  return respond(mount, call, view, der.ok() ? *der : std::string());
}

using Endpoint = Reply (*)(const Responder&, const Call&, const ReadView&);
logical::Path path_of(const Responder& mount, const char* pattern, Operation operation, Endpoint endpoint) {
  logical::Path path;
  path.pattern = pattern;
  path.access = logical::Access::unauthenticated;
  path.handlers = {{operation, logical::Reads{[mount, endpoint](const Call& call, const ReadView& view) { return endpoint(mount, call, view); }},
                    "Ask for the state of a certificate."}};
  path.synopsis = "Query a certificate's revocation status through OCSP.";
  path.description = "Answers a request in DER, in the body or in base64 in the path.";
  return path;
}

}  // namespace

std::vector<logical::Path> ocsp_paths(const RevokerSource& revokers, OcspCache& cache) {
  std::vector<logical::Path> paths;
  paths.push_back(path_of({revokers, cache}, "ocsp", Operation::update, by_post));
  paths.push_back(path_of({revokers, cache}, "ocsp/{req:any}", Operation::read, by_get));
  paths.back().fields = {{"req", logical::FieldType::string, "An OCSP request, DER in base64."}};
  return paths;
}

}  // namespace bao::engines::pki
