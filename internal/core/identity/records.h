// Entities, aliases and groups as they lie at rest: protobuf messages (openbao-storage.md 5). Plain values. Fields of newer
// releases survive a rewrite.
//
// An empty list and none are the same in protobuf, but not in answers ([] and null): which ones were given as empty stands in
// a field of ours, which OpenBao keeps and doesn't look at.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/base/time_format.h"

namespace bao::core::identity {

using Metadata = std::map<std::string, std::string>;
using OptionalMetadata = std::optional<Metadata>;
using OptionalList = std::optional<std::vector<std::string>>;

// Who an entity (or an external group) is to one mount.
struct Alias {
  std::string id, canonical_id, mount_type, mount_accessor, mount_path, name;
  OptionalMetadata metadata, custom_metadata;
  base::Time creation_time = base::kZeroTime, last_update_time = base::kZeroTime;
  std::vector<std::string> merged_from_canonical_ids;
  std::string namespace_id;
  bool local = false;
  std::string local_bucket_key;
  std::string unknown;

  bool operator==(const Alias&) const = default;
};

struct Entity {
  std::vector<Alias> aliases;
  std::string id, name;
  OptionalMetadata metadata;
  base::Time creation_time = base::kZeroTime, last_update_time = base::kZeroTime;
  std::vector<std::string> merged_entity_ids, policies;
  std::string bucket_key;
  std::map<std::string, std::string> mfa_secrets;  // messages by the id of their method, as they are
  bool disabled = false;
  std::string namespace_id;
  std::string unknown;
};

struct Group {
  std::string id, name;
  OptionalList policies, member_entity_ids;
  std::vector<std::string> parent_group_ids;
  OptionalMetadata metadata;
  base::Time creation_time = base::kZeroTime, last_update_time = base::kZeroTime;
  uint64_t modify_index = 0;
  std::string bucket_key;
  std::optional<Alias> alias;
  std::string type;  // "internal", "external"
  std::string namespace_id;
  std::string unknown;

  bool external() const { return type == "external"; }
};

// Errors: corrupt.
base::Result<Entity> parse_entity(std::string_view message);
base::Result<Group> parse_group(std::string_view message);
base::Result<std::vector<Alias>> parse_local_aliases(std::string_view message);
std::string serialize_entity(const Entity& entity);
std::string serialize_group(const Group& group);
std::string serialize_local_aliases(const std::vector<Alias>& aliases);

}  // namespace bao::core::identity
