#include "internal/engines/pki/acme/config_paths.h"

#include "internal/engines/pki/acme/nonces.h"

namespace bao::engines::pki::acme {
namespace {

using logical::Call;
using logical::Operation;
using logical::Reply;
using logical::Response;

Reply read(const Mount& mount, const Call&, const storage::ReadView& view) {
  ASSIGN_OR_RETURN(const Config config, read_config(view));
  Response response = Response::of(config.shown());
  const auto address = mount.address(view);
  if (config.enabled && !address.ok()) response.warnings.push_back(address.error().message());
  return response;
}

// The reference answers its checks with 500.
base::Error failed(const base::Error& error) { return base::internal(logical::multierror(error.words())); }

Reply write(const Mount& mount, const Call& call, storage::WriteView& view) {
  ASSIGN_OR_RETURN(const Config before, read_config(view));
  const auto changed = before.changed_by(call.fields);
  if (!changed.ok()) return failed(changed.error());
  if (const auto checked = mount.check(view, *changed); !checked.ok()) return failed(checked.error());
  if (changed->enabled) {
    if (const auto address = mount.address(view); !address.ok()) return failed(address.error());
    if (!changed->is_open()) {
      return base::invalid("BAO_DISABLE_PUBLIC_ACME env var is enabled, ACME EAB policy needs to be 'always-required' with ACME enabled");
    }
    TRY(Nonces::ensure_key(view));
  }
  TRY(put_config(view, *changed));
  return Response::of(changed->shown());
}

}  // namespace

logical::Path config_path(const Mount& mount) {
  logical::Path path;
  path.pattern = "config/acme";
  path.fields = config_fields();
  path.handlers = {
      {Operation::read, logical::Reads{[&mount](const Call& call, const storage::ReadView& view) { return read(mount, call, view); }},
       "Read who may use ACME."},
      {Operation::update, logical::Writes{[&mount](const Call& call, storage::WriteView& view) { return write(mount, call, view); }},
       "Change who may use ACME."}};
  path.synopsis = "Configuration of ACME Endpoints";
  path.description = "Whether ACME is served, under which roles and issuers, and who may make accounts.";
  return path;
}

}  // namespace bao::engines::pki::acme
