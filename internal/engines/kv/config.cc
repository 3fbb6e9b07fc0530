// config: what holds for every key of the mount.
#include "internal/base/time_format.h"
#include "internal/engines/kv/endpoints.h"

namespace bao::engines::kv {

using codec::Json;
using logical::Response;

Reply read_config(const MountStore& store, const Call&, const ReadView& view) {
  ASSIGN_OR_RETURN(const Configuration configuration, store.configuration(view));
  const base::Duration after = configuration.delete_version_after.value_or(base::Duration{0});
  return Response::of(Json::object({{"max_versions", Json(uint64_t{configuration.max_versions})},
                                    {"cas_required", configuration.cas_required},
                                    {"metadata_cas_required", configuration.metadata_cas_required},
                                    {"delete_version_after", base::format_go_duration(after)}}));
}

Reply write_config(const MountStore& store, const Call& call, WriteView& view) {
  const logical::Fields& fields = call.fields;
  const bool given = fields.has("max_versions") || fields.has("cas_required") || fields.has("metadata_cas_required") ||
                     fields.has("delete_version_after");
  if (!given) return Response::none();
  ASSIGN_OR_RETURN(Configuration configuration, store.stored_configuration(view));
  if (fields.has("max_versions")) {
    ASSIGN_OR_RETURN(configuration.max_versions, max_versions_of(call));
  }
  if (fields.has("cas_required")) configuration.cas_required = fields.boolean("cas_required");
  if (fields.has("metadata_cas_required")) configuration.metadata_cas_required = fields.boolean("metadata_cas_required");
  if (fields.has("delete_version_after")) {
    const base::Duration after = fields.duration("delete_version_after");
    configuration.delete_version_after = after < base::Duration{0} ? std::chrono::seconds(-1) : after;
    if (after == base::Duration{0}) configuration.delete_version_after.reset();
  }
  TRY(store.put_configuration(view, configuration));
  return Response::none();
}

}  // namespace bao::engines::kv
