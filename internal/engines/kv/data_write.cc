// data, written: a new version of a key, by replacing or patching; the latest version, deleted.
#include <algorithm>

#include "internal/codec/encoding.h"
#include "internal/engines/kv/endpoints.h"
#include "internal/engines/kv/version_answer.h"

namespace bao::engines::kv {
namespace {

using codec::Json;
using logical::FieldType;
using logical::Response;

base::Status check_and_set(const Call& call, const Configuration& configuration, const KeyMetadata& metadata) {
  const Json options = call.fields.json("options");
  const Json* expected = options.find("cas");
  if (expected == nullptr) {
    if (!configuration.cas_required && !metadata.cas_required) return {};
    return base::invalid("check-and-set parameter required for this call");
  }
  const auto number = logical::coerce(FieldType::integer, *expected);
  if (!number.ok()) return base::invalid("error parsing check-and-set parameter");
  const auto version = number->as_int();
  if (!version.ok() || static_cast<uint64_t>(*version) != metadata.current_version) {
    return base::invalid("check-and-set parameter did not match the current version");
  }
  return {};
}

Response version_response(const KeyMetadata& metadata, uint64_t number) {
  std::string text;
  append_version(text, glance_of(metadata, number));
  return Response::of(Json::raw(std::move(text)));
}

// Removes the data of versions without looking: what is destroyed already does no harm.
base::Status remove_versions(const MountStore& store, WriteView& view, std::string_view key, uint64_t oldest, uint64_t newest) {
  for (uint64_t number = oldest; number <= newest; ++number) TRY(store.remove_version(view, key, number));
  return {};
}

Reply add_version(const MountStore& store, const Call& call, WriteView& view, const Configuration& configuration,
                  KeyMetadata& metadata, std::string data) {
  Version version{std::move(data), call.now, std::nullopt};
  if (!configuration.delete_version_after_disabled()) {
    const base::Duration none{0};
    version.deletion_time = deletion_time(call.now, configuration.delete_version_after.value_or(none),
                                          metadata.delete_version_after.value_or(none));
  }
  TRY(store.put_version(view, metadata.key, metadata.current_version + 1, version));
  const uint64_t oldest = std::max<uint64_t>(metadata.oldest_version, 1);
  const uint64_t newest_to_remove = metadata.add_version(call.now, version.deletion_time, configuration.max_versions);
  TRY(store.put_metadata(view, metadata));
  TRY(remove_versions(store, view, metadata.key, oldest, newest_to_remove));
  return version_response(metadata, metadata.current_version);
}

}  // namespace

const std::string& path_of(const Call& call) {
  static const std::string kEmpty;
  const Json* path = call.fields.find("path");
  return path == nullptr ? kEmpty : path->as_string();
}

base::Status check_key(std::string_view key) {
  if (key.empty()) return base::invalid("missing path");
  if (key.back() == '/') return base::invalid("cannot write to a path ending in '/'");
  if (!codec::is_valid_utf8(key)) return base::invalid("the path is not valid UTF-8");
  return {};
}

Response bare_not_found() {
  Response response;
  response.raw = logical::RawBody{404, "application/json", ""};
  return response;
}

Reply write_data(const MountStore& store, const Call& call, WriteView& view) {
  const std::string& key = path_of(call);
  TRY(check_key(key));
  const Json* data = call.fields.find("data");
  if (data == nullptr) return base::invalid("no data provided");
  ASSIGN_OR_RETURN(const Configuration configuration, store.configuration(view));
  ASSIGN_OR_RETURN(auto held, store.metadata(view, key));
  KeyMetadata metadata = held ? std::move(*held) : KeyMetadata{};
  metadata.key = key;
  TRY(check_and_set(call, configuration, metadata));
  const bool is_null = call.request.data["data"].is_null();
  return add_version(store, call, view, configuration, metadata, is_null ? "null" : codec::write_json(*data));
}

Reply patch_data(const MountStore& store, const Call& call, WriteView& view) {
  const Json* patch = call.fields.find("data");
  if (patch == nullptr || call.request.data["data"].is_null()) return base::invalid("no data provided");
  const std::string& key = path_of(call);
  ASSIGN_OR_RETURN(auto metadata, store.metadata(view, key));
  if (!metadata) return bare_not_found();
  ASSIGN_OR_RETURN(const Configuration configuration, store.configuration(view));
  TRY(check_and_set(call, configuration, *metadata));
  const auto current = metadata->versions.find(metadata->current_version);
  if (current == metadata->versions.end()) return bare_not_found();
  if (current->second.deleted_at(call.now) || current->second.destroyed) {
    Response gone = version_response(*metadata, metadata->current_version);
    gone.status = 404;
    return gone;
  }
  ASSIGN_OR_RETURN(const std::string stored, store.version_bytes(view, key, metadata->current_version));
  ASSIGN_OR_RETURN(const std::string_view text, version_data(stored));
  ASSIGN_OR_RETURN(const Json target, codec::parse_json(text));
  return add_version(store, call, view, configuration, *metadata, codec::write_json(codec::merge_patch(target, *patch)));
}

Reply delete_data(const MountStore& store, const Call& call, WriteView& view) {
  ASSIGN_OR_RETURN(auto metadata, store.metadata(view, path_of(call)));
  if (!metadata) return Response::none();
  const auto latest = metadata->versions.find(metadata->current_version);
  if (latest == metadata->versions.end() || latest->second.destroyed) return Response::none();
  if (latest->second.deleted_at(call.now)) return Response::none();
  latest->second.deletion_time = call.now;
  TRY(store.put_metadata(view, *metadata));
  return Response::none();
}

}  // namespace bao::engines::kv
