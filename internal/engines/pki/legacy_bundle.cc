#include "internal/engines/pki/legacy_bundle.h"

#include "internal/base/secret.h"
#include "internal/base/time_format.h"
#include "internal/codec/json.h"

namespace bao::engines::pki {
namespace {

constexpr char kBundle[] = "config/ca_bundle", kMoved[] = "config/ca_bundle.bak", kMigration[] = "config/legacyMigrationBundleLog";

}  // namespace

base::Status move_legacy_bundle(storage::WriteView& view, base::Duration buffer, base::Time now) {
  ASSIGN_OR_RETURN(auto bundle, view.get(kBundle));
  ASSIGN_OR_RETURN(const auto migration, view.get(kMigration));
  if (!bundle || !migration) return {};  // what became no issuer yet stays where it is
  const auto log = codec::parse_json(*migration);
  const auto created = base::parse_rfc3339(log.ok() ? (*log)["created"].as_string() : "");
  base::Status done;
  if (created.ok() && now - *created > buffer) {
    done = view.put(kMoved, *bundle);
    if (done.ok()) done = view.remove(kBundle);
  }
  base::wipe(*bundle);  // it holds a private key
  return done;
}

base::Status remove_legacy_bundle(storage::WriteView& view) {
  TRY(view.remove(kBundle));
  return view.remove(kMoved);
}

}  // namespace bao::engines::pki
