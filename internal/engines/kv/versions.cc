// delete, undelete and destroy: chosen versions of a key.
#include <functional>

#include "internal/engines/kv/endpoints.h"

namespace bao::engines::kv {
namespace {

using logical::Response;

// Changes each of the versions that the request names, as far as they exist and are not destroyed. False: no such key.
base::Result<bool> change_versions(const MountStore& store, const Call& call, WriteView& view,
                                   const std::function<void(const KeyMetadata&, VersionMetadata&)>& change) {
  ASSIGN_OR_RETURN(auto metadata, store.metadata(view, path_of(call)));
  if (!metadata) return false;
  for (const int64_t number : call.fields.integers("versions")) {
    const auto found = metadata->versions.find(static_cast<uint64_t>(number));
    if (found != metadata->versions.end() && !found->second.destroyed) change(*metadata, found->second);
  }
  TRY(store.put_metadata(view, *metadata));
  return true;
}

}  // namespace

// deleted_at is strict: what was deleted in this very moment gets the same time again.
Reply delete_versions(const MountStore& store, const Call& call, WriteView& view) {
  if (call.fields.integers("versions").empty()) return base::invalid("No version number provided");
  const auto changed = change_versions(store, call, view, [&](const KeyMetadata&, VersionMetadata& version) {
    if (!version.deleted_at(call.now)) version.deletion_time = call.now;
  });
  TRY(changed);
  return Response::none();
}

Reply undelete_versions(const MountStore& store, const Call& call, WriteView& view) {
  if (call.fields.integers("versions").empty()) return base::invalid("No version number provided");
  ASSIGN_OR_RETURN(const Configuration configuration, store.configuration(view));
  const base::Duration none{0};
  const auto changed = change_versions(store, call, view, [&](const KeyMetadata& metadata, VersionMetadata& version) {
    version.deletion_time.reset();
    if (configuration.delete_version_after_disabled()) return;
    version.deletion_time = deletion_time(call.now, configuration.delete_version_after.value_or(none),
                                          metadata.delete_version_after.value_or(none));
  });
  TRY(changed);
  return Response::none();
}

Reply destroy_versions(const MountStore& store, const Call& call, WriteView& view) {
  const std::vector<int64_t> numbers = call.fields.integers("versions");
  if (numbers.empty()) return base::invalid("no version number provided");
  ASSIGN_OR_RETURN(const bool changed, change_versions(store, call, view, [](const KeyMetadata&, VersionMetadata& version) {
    version.destroyed = true;
  }));
  if (!changed) return Response::none();
  for (const int64_t number : numbers) {
    TRY(store.remove_version(view, path_of(call), static_cast<uint64_t>(number)));
  }
  return Response::none();
}

}  // namespace bao::engines::kv
