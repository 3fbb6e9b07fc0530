// Serving the revocation lists in all their forms, and rebuilding them on demand. A list is served as it is stored, whatever its age:
// only the active node builds.
#include "internal/crypto/x509/pem.h"
#include "internal/engines/pki/crl_build.h"
#include "internal/engines/pki/crl_config.h"
#include "internal/base/spool_file.h"
#include "internal/codec/encoding.h"
#include "internal/engines/pki/crl_map.h"
#include "internal/engines/pki/revocation_paths.h"

namespace bao::engines::pki {
namespace {

using codec::Json;
using logical::Call;
using logical::Operation;
using logical::Reply;
using logical::Response;
using storage::ReadView;
using storage::WriteView;

// der, pem: the list itself; the others put its PEM into an answer.
enum class Form : uint8_t { der, pem, certificate_answer, crl_answer };

constexpr char kDerType[] = "application/pkix-crl", kPemType[] = "application/x-pem-file";

// Without the newline at its end, as the reference gives it.
std::string list_pem(std::string_view der) {
  std::string text = crypto::x509::pem(crypto::x509::kCrlBlock, der);
  text.pop_back();
  return text;
}

Response answer(const std::string& der, Form form) {
  Response response;
  switch (form) {
    case Form::der: response.raw = logical::RawBody{200, kDerType, der}; break;
    case Form::pem: response.raw = logical::RawBody{200, kPemType, list_pem(der)}; break;
    case Form::crl_answer: response.data = Json::object({{"crl", list_pem(der)}}); break;
    case Form::certificate_answer:
      response.data = Json::object({{"certificate", list_pem(der)}, {"revocation_time", 0}, {"revocation_time_rfc3339", ""}});
      break;
  }
  return response;
}

// Lines of 64 characters of base64, from pieces that come one after the other.
class PemLines {
 public:
  std::string of(std::string_view piece) {
    rest_ += piece;
    const size_t whole = rest_.size() / kLineBytes * kLineBytes;
    std::string lines;
    for (size_t at = 0; at < whole; at += kLineBytes) lines += codec::to_base64(std::string_view(rest_).substr(at, kLineBytes)) + "\n";
    rest_.erase(0, whole);
    return lines;
  }
  std::string end() const { return rest_.empty() ? "" : codec::to_base64(rest_) + "\n"; }

 private:
  static constexpr size_t kLineBytes = 48;
  std::string rest_;
};

// A list of many entries, as DER or PEM: it goes through a file, a piece in memory at a time.
base::Result<Response> spooled(const ReadView& view, const CrlMap& map, const std::string& list_id, CrlKind kind, Form form) {
  ASSIGN_OR_RETURN(std::unique_ptr<base::SpoolFile> file, base::SpoolFile::create());
  PemLines lines;
  const std::string block = std::string(crypto::x509::kCrlBlock) + "-----";
  if (form == Form::pem) TRY(file->append("-----BEGIN " + block + "\n"));
  TRY(each_crl_piece(view, map, list_id, kind, [&](std::string_view piece) { return file->append(form == Form::pem ? lines.of(piece) : std::string(piece)); }));
  if (form == Form::pem) TRY(file->append(lines.end() + "-----END " + block));
  TRY(file->finish());
  Response response;
  response.raw = logical::RawBody{200, form == Form::pem ? kPemType : kDerType, "", std::move(file)};
  return response;
}

Reply serve(const Revoker& revoker, const ReadView& view, CrlKind kind, Form form) {
  ASSIGN_OR_RETURN(const CrlMap map, read_crl_map(view));
  const auto list = map.list_of_issuer.find(revoker.id);
  if (list != map.list_of_issuer.end()) {
    const bool is_raw = form == Form::der || form == Form::pem;
    if (is_raw && part_count(map, list->second, kind) > 1) return spooled(view, map, list->second, kind, form);
    ASSIGN_OR_RETURN(const std::string der, read_crl(view, map, list->second, kind));
    if (!der.empty()) return answer(der, form);
  }
  if (form == Form::certificate_answer) return logical::nothing();
  return Response::none();
}

// A path of the mount's own list, which is the default issuer's.
logical::Path mount_path(const RevokerSource& revokers, const char* pattern, CrlKind kind, Form form) {
  logical::Path path;
  path.pattern = pattern;
  path.access = logical::Access::unauthenticated;
  path.handlers = {{Operation::read, logical::Reads{[&revokers, kind, form](const Call&, const ReadView& view) -> Reply {
    ASSIGN_OR_RETURN(const RevokerList all, revokers.all(view));
    if (const Revoker* revoker = find_revoker(*all, "default")) return serve(*revoker, view, kind, form);
    return form == Form::certificate_answer ? Reply(logical::nothing()) : Reply(Response::none());
  }}, "Read a revocation list."}};
  path.synopsis = "Fetch a CA, CRL, CA Chain, or non-revoked certificate.";
  path.description = "The revocation list of the default issuer.";
  return path;
}

logical::Path issuer_path(const RevokerSource& revokers, const char* pattern, CrlKind kind, Form form) {
  logical::Path path;
  path.pattern = pattern;
  path.fields = {{"issuer_ref", logical::FieldType::string, "Name or id of an issuer, or \"default\"."}};
  path.access = logical::Access::unauthenticated;
  path.handlers = {{Operation::read, logical::Reads{[&revokers, kind, form](const Call& call, const ReadView& view) -> Reply {
    ASSIGN_OR_RETURN(const RevokerList all, revokers.all(view));
    const std::string reference = call.fields.string("issuer_ref");
    const Revoker* revoker = find_revoker(*all, reference);
    return revoker ? serve(*revoker, view, kind, form) : Reply(no_such_issuer(reference));
  }}, "Read an issuer's revocation list."}};
  path.synopsis = "Fetch an issuer's Certificate Revocation Log (CRL).";
  path.description = "The revocation list that this issuer signs.";
  return path;
}

Reply rotate(const RevokerSource& revokers, const Call& call, WriteView& view) {
  ASSIGN_OR_RETURN(const RevokerList all, revokers.all(view));
  TRY(rebuild_crls(view, *all, call.now));
  return Response::of(Json::object({{"success", true}}));
}

Reply rotate_delta(const RevokerSource& revokers, const Call& call, WriteView& view) {
  Response response = Response::of(Json::object({{"success", true}}));
  ASSIGN_OR_RETURN(const CrlConfig config, read_crl_config(view));
  if (!config.enable_delta) {
    response.warnings.push_back("requested rebuild of delta CRL when delta CRL is not enabled; this is a no-op");
    return response;
  }
  ASSIGN_OR_RETURN(const RevokerList all, revokers.all(view));
  TRY(rebuild_delta_crls(view, *all, call.now));
  return response;
}

using Rotation = Reply (*)(const RevokerSource&, const Call&, WriteView&);
logical::Path rotation_path(const RevokerSource& revokers, const char* pattern, Rotation rotation, const char* synopsis) {
  logical::Path path;
  path.pattern = pattern;
  path.handlers = {{Operation::read, logical::Writes{[&revokers, rotation](const Call& call, WriteView& view) { return rotation(revokers, call, view); }},
                    "Rebuild revocation lists."}};
  path.synopsis = synopsis;
  path.description = "Builds the lists of all issuers anew.";
  return path;
}

}  // namespace

base::Error no_such_issuer(std::string_view reference) {
  return base::internal(logical::multierror("unable to find PKI issuer for reference: " + std::string(reference)));
}

std::vector<logical::Path> crl_paths(const RevokerSource& revokers) {
  std::vector<logical::Path> paths;
  paths.push_back(rotation_path(revokers, "crl/rotate", rotate, "Force a rebuild of the CRL."));
  paths.push_back(rotation_path(revokers, "crl/rotate-delta", rotate_delta, "Force a rebuild of the delta CRL."));
  paths.push_back(mount_path(revokers, "crl", CrlKind::complete, Form::der));
  paths.push_back(mount_path(revokers, "crl/pem", CrlKind::complete, Form::pem));
  paths.push_back(mount_path(revokers, "crl/delta", CrlKind::delta, Form::der));
  paths.push_back(mount_path(revokers, "crl/delta/pem", CrlKind::delta, Form::pem));
  paths.push_back(mount_path(revokers, "cert/crl", CrlKind::complete, Form::certificate_answer));
  paths.push_back(mount_path(revokers, "cert/delta-crl", CrlKind::delta, Form::certificate_answer));
  paths.push_back(issuer_path(revokers, "issuer/{issuer_ref}/crl", CrlKind::complete, Form::crl_answer));
  paths.push_back(issuer_path(revokers, "issuer/{issuer_ref}/crl/pem", CrlKind::complete, Form::pem));
  paths.push_back(issuer_path(revokers, "issuer/{issuer_ref}/crl/der", CrlKind::complete, Form::der));
  paths.push_back(issuer_path(revokers, "issuer/{issuer_ref}/crl/delta", CrlKind::delta, Form::crl_answer));
  paths.push_back(issuer_path(revokers, "issuer/{issuer_ref}/crl/delta/pem", CrlKind::delta, Form::pem));
  paths.push_back(issuer_path(revokers, "issuer/{issuer_ref}/crl/delta/der", CrlKind::delta, Form::der));
  return paths;
}

}  // namespace bao::engines::pki
