// metadata, written: settings of one key, replaced or patched; the key with all its versions, removed.
#include "internal/engines/kv/custom_metadata.h"
#include "internal/engines/kv/endpoints.h"

namespace bao::engines::kv {
namespace {

using codec::Json;
using logical::Response;
using Pairs = std::map<std::string, std::string>;

bool changes_anything(const logical::Fields& fields) {
  for (const auto* name : {"max_versions", "cas_required", "metadata_cas_required", "delete_version_after", "custom_metadata"}) {
    if (fields.has(name)) return true;
  }
  return false;
}

base::Status check_and_set(const Call& call, const Configuration& configuration, const std::optional<KeyMetadata>& held) {
  const bool required = configuration.metadata_cas_required || (held && held->metadata_cas_required);
  if (!call.fields.has("metadata_cas")) {
    if (required) return base::invalid("metadata check-and-set parameter required for this call");
    return {};
  }
  const auto expected = static_cast<uint64_t>(call.fields.integer("metadata_cas"));
  if (!held && expected != 0) return base::invalid("metadata_cas must be 0 when creating new metadata");
  if (held && expected != held->current_metadata_version) {
    return base::invalid("metadata check-and-set parameter does not match the current version");
  }
  return {};
}

// What is set without effect because the mount demands the contrary.
Response with_warnings(const Call& call, const Configuration& configuration) {
  Response response;
  const auto check = [&](const char* name, bool demanded) {
    if (!demanded || !call.fields.has(name) || call.fields.boolean(name)) return;
    response.warnings.push_back("\"" + std::string(name) +
                                "\" set to false, but is mandated by backend config. This value will be ignored.");
  };
  check("cas_required", configuration.cas_required);
  check("metadata_cas_required", configuration.metadata_cas_required);
  return response;
}

base::Status set_fields(const Call& call, KeyMetadata& metadata) {
  const logical::Fields& fields = call.fields;
  if (fields.has("max_versions")) {
    ASSIGN_OR_RETURN(metadata.max_versions, max_versions_of(call));
  }
  if (fields.has("cas_required")) metadata.cas_required = fields.boolean("cas_required");
  if (fields.has("metadata_cas_required")) metadata.metadata_cas_required = fields.boolean("metadata_cas_required");
  return {};
}

void patch_custom_metadata(const Call& call, const Pairs& given, Pairs& held) {
  if (call.request.data["custom_metadata"].is_null()) return held.clear();
  const Json patch = call.fields.json("custom_metadata");
  for (const auto& [name, value] : patch.members()) {
    if (value.is_null()) held.erase(name);
  }
  for (const auto& [name, value] : given) held[name] = value;
}

}  // namespace

Reply write_metadata(const MountStore& store, const Call& call, WriteView& view) {
  const std::string& key = path_of(call);
  TRY(check_key(key));
  if (!changes_anything(call.fields)) return Response::none();
  ASSIGN_OR_RETURN(const Configuration configuration, store.configuration(view));
  ASSIGN_OR_RETURN(Pairs pairs, read_custom_metadata(call.fields.json("custom_metadata"), Nulls::are_text));
  ASSIGN_OR_RETURN(auto held, store.metadata(view, key));
  TRY(check_and_set(call, configuration, held));
  KeyMetadata metadata = held ? std::move(*held) : KeyMetadata{};
  metadata.key = key;
  if (!metadata.created_time) metadata.created_time = call.now;
  ++metadata.current_metadata_version;
  metadata.updated_time = call.now;
  TRY(set_fields(call, metadata));
  if (call.fields.has("delete_version_after")) metadata.delete_version_after = call.fields.duration("delete_version_after");
  if (call.fields.has("custom_metadata")) metadata.custom_metadata = std::move(pairs);
  TRY(store.put_metadata(view, metadata));
  return with_warnings(call, configuration);
}

Reply patch_metadata(const MountStore& store, const Call& call, WriteView& view) {
  if (!changes_anything(call.fields)) return Response::none();
  const std::string& key = path_of(call);
  if (key.empty()) return base::invalid("missing path");
  ASSIGN_OR_RETURN(const Pairs pairs, read_custom_metadata(call.fields.json("custom_metadata"), Nulls::are_left_out));
  ASSIGN_OR_RETURN(const Configuration configuration, store.configuration(view));
  ASSIGN_OR_RETURN(auto held, store.metadata(view, key));
  if (!held) return bare_not_found();
  TRY(check_and_set(call, configuration, held));
  KeyMetadata& metadata = *held;
  TRY(set_fields(call, metadata));
  // A zero is what a patch without this field looks like: it changes nothing.
  const base::Duration after = call.fields.duration("delete_version_after");
  if (after > base::Duration{0}) metadata.delete_version_after = after;
  if (call.fields.has("custom_metadata")) patch_custom_metadata(call, pairs, metadata.custom_metadata);
  ++metadata.current_metadata_version;
  metadata.updated_time = call.now;
  TRY(store.put_metadata(view, metadata));
  return with_warnings(call, configuration);
}

Reply delete_metadata(const MountStore& store, const Call& call, WriteView& view) {
  const std::string& key = path_of(call);
  ASSIGN_OR_RETURN(const auto metadata, store.metadata(view, key));
  if (!metadata) return Response::none();
  for (const auto& [number, version] : metadata->versions) TRY(store.remove_version(view, key, number));
  TRY(store.remove_metadata(view, key));
  return Response::none();
}

base::Result<uint32_t> max_versions_of(const Call& call) {
  const int64_t number = call.fields.integer("max_versions");
  if (number < 0 || number > UINT32_MAX) return base::invalid("max_versions must be between 0 and 4294967295");
  return static_cast<uint32_t>(number);
}

}  // namespace bao::engines::kv
