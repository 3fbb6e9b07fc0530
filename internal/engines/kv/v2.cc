#include "internal/engines/kv/v2.h"

#include "internal/base/ensure.h"
#include "internal/engines/kv/endpoints.h"

namespace bao::engines::kv {
namespace {

using logical::Field;
using logical::FieldType;
using logical::Operation;
using logical::Path;
using logical::Reads;
using logical::Response;
using logical::Writes;

constexpr char kUpgrading[] =
    "Upgrading from non-versioned to versioned data. This backend will be unavailable for a brief period and will resume "
    "service shortly.";

constexpr char kHelp[] =
    "This backend is a versioned key-value store. Secrets are encrypted before they are stored, and the\n"
    "storage never sees their clear text. Each key keeps a number of versions, which can be read by\n"
    "their version numbers.";

const Field kPath{"path", FieldType::string, "Location of the secret."};
const Field kAfter{"after", FieldType::string, "Entry to begin listing after; it need not exist. Only for listing."};
const Field kLimit{"limit", FieldType::integer, "Number of entries to return; all by default. Only for listing."};

std::string_view cli_command(Operation operation) {
  switch (operation) {
    case Operation::create:
    case Operation::update: return "put";
    case Operation::patch: return "patch";
    case Operation::read: return "get";
    case Operation::list: return "list";
    case Operation::scan: return "scan";
    case Operation::remove: return "delete";
    default: return "";
  }
}

Response advice(const Call& call) {
  Response response;
  response.status = 404;
  const std::string_view path = call.request.relative_path();
  for (const auto* root : {"metadata", "data", "delete", "undelete", "destroy"}) {
    if (path != root) continue;
    response.warnings.push_back("Non-listing operations on the root of a K/V v2 mount are not supported.");
    return response;
  }
  response.warnings.push_back(
      "Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to use. If "
      "using the OpenBao CLI, use 'bao kv " +
      std::string(cli_command(call.request.operation)) + "' for this operation.");
  return response;
}

// Everything that is no path of version 2. Reads only: nothing is written by a wrong path.
Path invalid_path() {
  Path path;
  path.pattern = "{path:all}";
  path.fields = {kPath};
  const auto answer = [](const Call& call, const ReadView&) -> Reply { return advice(call); };
  for (const Operation operation : {Operation::update, Operation::create, Operation::patch, Operation::read,
                                    Operation::remove, Operation::list, Operation::scan}) {
    path.handlers.push_back({operation, Reads{answer}});
  }
  path.takes_any_fields = true;
  path.published = false;
  path.description = kHelp;
  return path;
}

using ReadEndpoint = Reply (*)(const MountStore&, const Call&, const ReadView&);
using WriteEndpoint = Reply (*)(const MountStore&, const Call&, WriteView&);

logical::ReadHandler bound(ReadEndpoint endpoint, const MountStore& store) {
  return [endpoint, &store](const Call& call, const ReadView& view) { return endpoint(store, call, view); };
}

logical::WriteHandler bound(WriteEndpoint endpoint, const MountStore& store) {
  return [endpoint, &store](const Call& call, WriteView& view) { return endpoint(store, call, view); };
}

std::function<base::Result<bool>(const Call&, const ReadView&)> key_exists(const MountStore& store) {
  return [&store](const Call& call, const ReadView& view) -> base::Result<bool> {
    ASSIGN_OR_RETURN(const auto metadata, store.metadata_bytes(view, path_of(call)));
    return metadata.has_value();
  };
}

}  // namespace

VersionedBackend::VersionedBackend(const logical::BackendConfig& config)
    : store_(config.backend_aware_uuid), clock_(config.clock == nullptr ? base::system_clock() : *config.clock) {
  ENSURE(!config.backend_aware_uuid.empty(), "a KV v2 mount has a uuid for its data");
  std::vector<Path> paths;
  paths.push_back(config_path());
  paths.push_back(data_path());
  paths.push_back(metadata_path());
  paths.push_back(detailed_metadata_path());
  paths.push_back(versions_path("destroy"));
  paths.push_back(subkeys_path());
  paths.push_back(versions_path("delete"));
  paths.push_back(versions_path("undelete"));
  paths.push_back(invalid_path());
  set_paths(std::move(paths));
}

std::string VersionedBackend::help() const { return kHelp; }

Reads VersionedBackend::guarded(logical::ReadHandler handler) const {
  return Reads{[this, run = std::move(handler)](const Call& call, const ReadView& view) -> Reply {
    ASSIGN_OR_RETURN(const bool ready, store_.ready(view));
    if (!ready) return base::invalid(kUpgrading);
    return run(call, view);
  }};
}

Writes VersionedBackend::guarded(logical::WriteHandler handler) const {
  return Writes{[this, run = std::move(handler)](const Call& call, WriteView& view) -> Reply {
    ASSIGN_OR_RETURN(const bool ready, store_.ready(view));
    if (!ready) return base::invalid(kUpgrading);
    return run(call, view);
  }};
}

Path VersionedBackend::config_path() const {
  Path path;
  path.pattern = "config";
  path.fields = {
      {"max_versions", FieldType::integer, "The number of versions to keep of each key. Defaults to 10."},
      {"cas_required", FieldType::boolean, "Whether every write of a secret must carry the cas parameter."},
      {"metadata_cas_required", FieldType::boolean, "Whether every write of metadata must carry the metadata_cas parameter."},
      {"delete_version_after", FieldType::signed_duration,
       "How long a version lives. Negative: delete_version_after is not used on any key. Zero: no limit."}};
  path.handlers = {{Operation::update, guarded(bound(write_config, store_)),
                    "Configure backend level settings that are applied to every key in the key-value store."},
                   {Operation::read, guarded(bound(read_config, store_)), "Read the backend level settings."}};
  path.synopsis = "Configures settings for the KV store";
  path.description =
      "Settings that apply to every key of the store:\n\n"
      "    * max_versions (int) - the number of versions to keep of each key, 10 by default\n\n"
      "    * cas_required (bool) - whether every write must carry the cas parameter\n\n"
      "    * delete_version_after (duration) - how long a version lives; negative disables it on all keys,\n"
      "      zero clears it";
  return path;
}

Path VersionedBackend::data_path() const {
  Path path;
  path.pattern = "data/{path:all}";
  path.fields = {kPath,
                 {"version", FieldType::integer, "The version to read; the latest by default."},
                 {"options", FieldType::map,
                  "Options of a write. \"cas\" makes it a check-and-set: 0 allows it only if the key doesn't exist, another "
                  "number only if it is the current version."},
                 {"data", FieldType::map, "The secret: stored, and returned when read."}};
  path.handlers = {{Operation::create, guarded(bound(write_data, store_))},
                   {Operation::update, guarded(bound(write_data, store_))},
                   {Operation::read, guarded(bound(read_data, store_))},
                   {Operation::remove, guarded(bound(delete_data, store_))},
                   {Operation::patch, guarded(bound(patch_data, store_))}};
  path.exists = key_exists(store_);
  path.synopsis = "Write, Patch, Read, and Delete data in the Key-Value Store.";
  path.description =
      "A write takes an object \"data\", which becomes a new version of the key, and an object \"options\".\n"
      "Earlier versions stay.\n\n"
      "A patch changes parts of the current version, which must exist and be neither deleted nor\n"
      "destroyed, and makes the result a new version.\n\n"
      "A read returns the latest version, or the one named by \"version\".\n\n"
      "A delete marks the latest version as deleted; its data stays and can be undeleted.";
  return path;
}

Path VersionedBackend::metadata_path() const {
  Path path;
  path.pattern = "metadata/{path:all}";
  path.fields = {
      kPath,
      {"cas_required", FieldType::boolean, "Whether writes of the key must carry the cas parameter."},
      {"metadata_cas_required", FieldType::boolean, "Whether writes of the key's metadata must carry the metadata_cas parameter."},
      {"max_versions", FieldType::integer, "The number of versions to keep; the mount's by default."},
      {"delete_version_after", FieldType::duration,
       "How long a version lives; the mount's by default and at most. Zero clears it; negative is an error."},
      {"custom_metadata", FieldType::map, "Pairs of text that describe the secret, whatever its version."},
      {"metadata_cas", FieldType::integer, "The metadata version that a write expects; 0 where there is no metadata yet."},
      kAfter,
      kLimit};
  path.handlers = {{Operation::create, guarded(bound(write_metadata, store_))},
                   {Operation::update, guarded(bound(write_metadata, store_))},
                   {Operation::read, guarded(bound(read_metadata, store_))},
                   {Operation::remove, guarded(bound(delete_metadata, store_))},
                   {Operation::list, guarded(bound(list_metadata, store_))},
                   {Operation::scan, guarded(bound(scan_metadata, store_))},
                   {Operation::patch, guarded(bound(patch_metadata, store_))}};
  path.exists = key_exists(store_);
  path.synopsis = "Allows interaction with key metadata and settings in the KV store.";
  path.description = "Reads and writes the settings of a key, lists keys, and removes a key with all its versions for good.";
  return path;
}

Path VersionedBackend::detailed_metadata_path() const {
  Path path;
  path.pattern = "detailed-metadata/{path:all}";
  path.fields = {kPath, kAfter, kLimit};
  path.handlers = {{Operation::list, guarded(bound(list_detailed_metadata, store_))},
                   {Operation::scan, guarded(bound(scan_detailed_metadata, store_))}};
  path.exists = key_exists(store_);
  path.synopsis = "Allows listing detailed information about key metadata in the KV store.";
  path.description = "Lists keys together with their metadata.";
  return path;
}

Path VersionedBackend::subkeys_path() const {
  Path path;
  path.pattern = "subkeys/{path:all}";
  path.fields = {kPath,
                 {"depth", FieldType::integer, "How deep to go; 0, the default, means all the way."},
                 {"version", FieldType::integer, "The version to read; the current one by default."}};
  path.handlers = {{Operation::read, guarded(bound(read_subkeys, store_))}};
  path.synopsis = "Read the structure of a secret entry from the Key-Value store with the values removed.";
  path.description =
      "Returns the secret with null in place of every value that is no object with members. \"version\" chooses\n"
      "the version. \"depth\" bounds the nesting shown: what lies deeper becomes null too.";
  return path;
}

Path VersionedBackend::versions_path(std::string_view verb) const {
  Path path;
  path.pattern = std::string(verb) + "/{path:all}";
  path.fields = {kPath, {"versions", FieldType::comma_int_list, "The versions to " + std::string(verb) + "."}};
  if (verb == "delete") {
    path.handlers = {{Operation::update, guarded(bound(delete_versions, store_))}};
    path.synopsis = "Marks one or more versions as deleted in the KV store.";
    path.description = "Reads no longer return the versions, but their data stays: this can be undone by undelete.";
  } else if (verb == "undelete") {
    path.handlers = {{Operation::update, guarded(bound(undelete_versions, store_))}};
    path.synopsis = "Undeletes one or more versions from the KV store.";
    path.description = "Reads return the versions again.";
  } else {
    path.handlers = {{Operation::update, guarded(bound(destroy_versions, store_))}};
    path.synopsis = "Permanently removes one or more versions in the KV store";
    path.description = "Removes the data of the versions for good.";
  }
  return path;
}

}  // namespace bao::engines::kv
