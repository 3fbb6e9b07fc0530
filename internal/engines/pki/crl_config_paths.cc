// config/crl: a change that shows in the lists rebuilds them at once.
#include "internal/engines/pki/crl_build.h"
#include "internal/engines/pki/crl_config.h"
#include "internal/engines/pki/revocation_paths.h"

namespace bao::engines::pki {
namespace {

using logical::Call;
using logical::Operation;
using logical::Reply;
using logical::Response;

Reply read_config(const Call&, const storage::ReadView& view) {
  ASSIGN_OR_RETURN(const CrlConfig config, read_crl_config(view));
  return Response::of(config.shown());
}

// Emptied or filled again, or no longer rebuilt by and by: what is served has to be right now.
bool shows_in_lists(const CrlConfig& before, const CrlConfig& after) {
  return before.disable != after.disable || (before.auto_rebuild && !after.auto_rebuild) || before.enable_delta != after.enable_delta;
}

Reply write_config(const RevokerSource& revokers, const Call& call, storage::WriteView& view) {
  ASSIGN_OR_RETURN(const CrlConfig before, read_crl_config(view));
  ASSIGN_OR_RETURN(const CrlConfig after, before.changed_by(call.fields));
  TRY(put_crl_config(view, after));
  if (shows_in_lists(before, after)) {
    ASSIGN_OR_RETURN(const RevokerList all, revokers.all(view));
    TRY(rebuild_crls(view, *all, call.now));
  }
  return Response::of(after.shown());
}

}  // namespace

std::vector<logical::Path> crl_config_paths(const RevokerSource& revokers) {
  logical::Path path;
  path.pattern = "config/crl";
  path.fields = crl_config_fields();
  path.handlers = {{Operation::read, logical::Reads{read_config}, "Read how revocation lists are made."},
                   {Operation::update,
                    logical::Writes{[&revokers](const Call& call, storage::WriteView& view) { return write_config(revokers, call, view); }},
                    "Change how revocation lists are made."}};
  path.synopsis = "Configure the CRL expiration.";
  path.description = "How long revocation lists and OCSP answers are good for, and when lists are rebuilt.";
  return {std::move(path)};
}

}  // namespace bao::engines::pki
