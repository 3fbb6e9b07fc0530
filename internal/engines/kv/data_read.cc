// data and subkeys, read: two storage reads, and the stored JSON spliced into the answer.
#include "internal/engines/kv/endpoints.h"
#include "internal/engines/kv/version_answer.h"

namespace bao::engines::kv {
namespace {

using codec::Json;
using logical::Response;

struct FoundVersion {
  VersionGlance glance;
  std::string metadata;                // what the glance looks into
  std::optional<std::string> stored;   // absent when deleted or destroyed
};

// The version a request asks for; nothing when there is no such key or version.
base::Result<std::optional<FoundVersion>> find_version(const MountStore& store, const Call& call, const ReadView& view) {
  const std::string& key = path_of(call);
  const int64_t asked = call.fields.has("version") ? call.fields.integer("version") : 0;
  ASSIGN_OR_RETURN(auto metadata, store.metadata_bytes(view, key));
  if (!metadata) return std::optional<FoundVersion>();
  std::optional<FoundVersion> found(std::in_place);
  found->metadata = std::move(*metadata);
  ASSIGN_OR_RETURN(auto glance, glance_at_version(found->metadata, asked > 0 ? static_cast<uint64_t>(asked) : 0));
  if (!glance) return std::optional<FoundVersion>();
  found->glance = std::move(*glance);
  if (!found->glance.deleted_at(call.now) && !found->glance.destroyed) {
    ASSIGN_OR_RETURN(found->stored, store.version_bytes(view, key, found->glance.number));
  }
  return found;
}

Response answer(const FoundVersion& found, std::string text) {
  Response response = Response::of(Json::raw(std::move(text)));
  if (!found.stored) response.status = 404;
  return response;
}

// The object with every value but objects replaced by null, down to `depth_max` levels (0: all).
Json without_values(const Json& object, int64_t depth_max, int64_t depth) {
  Json keys = Json::object();
  for (const auto& [name, value] : object.members()) {
    const bool descend = value.is_object() && !value.empty() && (depth_max == 0 || depth + 1 <= depth_max);
    keys.set(name, descend ? without_values(value, depth_max, depth + 1) : Json());
  }
  return keys;
}

}  // namespace

Reply read_data(const MountStore& store, const Call& call, const ReadView& view) {
  ASSIGN_OR_RETURN(const auto found, find_version(store, call, view));
  if (!found) return logical::nothing();
  std::string_view data = "null";
  if (found->stored) {
    ASSIGN_OR_RETURN(data, version_data(*found->stored));
  }
  std::string text;
  text.reserve(data.size() + 256);
  text.append("{\"data\":").append(data).append(",\"metadata\":");
  append_version(text, found->glance);
  text += '}';
  return answer(*found, std::move(text));
}

Reply read_subkeys(const MountStore& store, const Call& call, const ReadView& view) {
  ASSIGN_OR_RETURN(const auto found, find_version(store, call, view));
  if (!found) return logical::nothing();
  Json keys;
  if (found->stored) {
    ASSIGN_OR_RETURN(const std::string_view data, version_data(*found->stored));
    ASSIGN_OR_RETURN(const Json secret, codec::parse_json(data));
    if (!secret.is_null()) keys = without_values(secret, call.fields.integer("depth"), 1);
  }
  std::string text = "{\"metadata\":";
  append_version(text, found->glance);
  text += ",\"subkeys\":";
  codec::write_json_to(text, keys);
  text += '}';
  return answer(*found, std::move(text));
}

}  // namespace bao::engines::kv
