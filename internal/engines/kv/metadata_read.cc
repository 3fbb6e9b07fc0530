// metadata and detailed-metadata, read: one key's settings and versions; folders, listed and scanned.
#include <algorithm>

#include "internal/base/time_format.h"
#include "internal/engines/kv/endpoints.h"
#include "internal/engines/kv/version_answer.h"

namespace bao::engines::kv {
namespace {

using codec::Json;
using logical::Response;
using Names = std::vector<std::string>;

Json versions_json(const KeyMetadata& metadata) {
  Json versions = Json::object();
  for (const auto& [number, version] : metadata.versions) {
    versions.members().emplace_back(std::to_string(number),
                                    Json::object({{"created_time", time_text(version.created_time)},
                                                  {"deletion_time", time_text(version.deletion_time)},
                                                  {"destroyed", version.destroyed}}));
  }
  return versions;
}

Json metadata_json(const KeyMetadata& metadata) {
  Json custom;
  for (const auto& [name, value] : metadata.custom_metadata) custom.set(name, value);
  const base::Duration after = metadata.delete_version_after.value_or(base::Duration{0});
  return Json::object({{"versions", versions_json(metadata)},
                       {"current_version", metadata.current_version},
                       {"current_metadata_version", metadata.current_metadata_version},
                       {"oldest_version", metadata.oldest_version},
                       {"created_time", time_text(metadata.created_time)},
                       {"updated_time", time_text(metadata.updated_time)},
                       {"max_versions", Json(uint64_t{metadata.max_versions})},
                       {"cas_required", metadata.cas_required},
                       {"metadata_cas_required", metadata.metadata_cas_required},
                       {"delete_version_after", base::format_go_duration(after)},
                       {"custom_metadata", std::move(custom)}});
}

std::string folder_of(const Call& call) {
  std::string folder = path_of(call);
  if (!folder.empty() && folder.back() != '/') folder += '/';
  return folder;
}

base::Result<Names> page(const MountStore& store, const Call& call, const ReadView& view) {
  ASSIGN_OR_RETURN(Names names, store.list(view, folder_of(call)));
  const std::string after = call.fields.string("after");
  if (!after.empty()) names.erase(names.begin(), std::upper_bound(names.begin(), names.end(), after));
  const int64_t limit = call.fields.integer("limit");
  if (limit > 0 && static_cast<uint64_t>(limit) < names.size()) names.resize(static_cast<size_t>(limit));
  return names;
}

// Every key below the folder: those of a folder first, then its sub-folders from last to first.
base::Result<Names> leaves(const MountStore& store, const Call& call, const ReadView& view) {
  const std::string top = folder_of(call);
  Names found, folders{""};
  while (!folders.empty()) {
    const std::string folder = std::move(folders.back());
    folders.pop_back();
    ASSIGN_OR_RETURN(const Names names, store.list(view, top + folder));
    for (const std::string& name : names) (name.ends_with('/') ? folders : found).push_back(folder + name);
  }
  return found;
}

Reply with_details(const MountStore& store, const Call& call, const ReadView& view, const Names& names) {
  const std::string folder = folder_of(call);
  Json details = Json::object();
  for (const std::string& name : names) {
    std::string key = folder + name;
    if (key.ends_with('/')) key.pop_back();
    ASSIGN_OR_RETURN(const auto metadata, store.metadata(view, key));
    details.members().emplace_back(name, metadata ? metadata_json(*metadata) : Json::object());
  }
  return Response::keys(names, std::move(details));
}

}  // namespace

Reply read_metadata(const MountStore& store, const Call& call, const ReadView& view) {
  ASSIGN_OR_RETURN(const auto metadata, store.metadata(view, path_of(call)));
  if (!metadata) return logical::nothing();
  return Response::of(metadata_json(*metadata));
}

Reply list_metadata(const MountStore& store, const Call& call, const ReadView& view) {
  ASSIGN_OR_RETURN(const Names names, page(store, call, view));
  return Response::keys(names);
}

Reply scan_metadata(const MountStore& store, const Call& call, const ReadView& view) {
  ASSIGN_OR_RETURN(const Names names, leaves(store, call, view));
  return Response::keys(names);
}

Reply list_detailed_metadata(const MountStore& store, const Call& call, const ReadView& view) {
  ASSIGN_OR_RETURN(const Names names, page(store, call, view));
  return with_details(store, call, view, names);
}

Reply scan_detailed_metadata(const MountStore& store, const Call& call, const ReadView& view) {
  ASSIGN_OR_RETURN(const Names names, leaves(store, call, view));
  return with_details(store, call, view, names);
}

}  // namespace bao::engines::kv
