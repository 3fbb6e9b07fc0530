// What KV v2 stores, as protobuf messages (openbao-storage.md 6.2). Plain values. Unknown fields are kept as bytes and
// written back, so that data of a later version loses nothing. Parse errors: corrupt.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/result.h"

namespace bao::engines::kv {

inline constexpr uint32_t kDefaultMaxVersions = 10;

struct Configuration {
  uint32_t max_versions = 0;  // 0: kDefaultMaxVersions
  bool cas_required = false;
  std::optional<base::Duration> delete_version_after;  // absent: none; -1 s: disabled on all keys
  bool metadata_cas_required = false;
  std::string unknown;

  bool delete_version_after_disabled() const;
  static base::Result<Configuration> parse(std::string_view bytes);
  std::string write() const;
};

struct VersionMetadata {
  std::optional<base::Time> created_time, deletion_time;
  bool destroyed = false;
  std::string unknown;

  bool deleted_at(base::Time now) const { return deletion_time && *deletion_time < now; }
  static base::Result<VersionMetadata> parse(std::string_view bytes);
  std::string write() const;
};

struct KeyMetadata {
  std::string key;  // the clear path
  std::map<uint64_t, VersionMetadata> versions;
  uint64_t current_version = 0, oldest_version = 0;
  std::optional<base::Time> created_time, updated_time;
  uint32_t max_versions = 0;
  bool cas_required = false;
  std::optional<base::Duration> delete_version_after;
  std::map<std::string, std::string> custom_metadata;
  bool metadata_cas_required = false;
  uint64_t current_metadata_version = 0;
  std::string unknown;

  static base::Result<KeyMetadata> parse(std::string_view bytes);
  std::string write() const;
  // Adds the next version and forgets those that the window no longer holds. The newest version whose data is to be
  // removed, with all before it; 0: none.
  uint64_t add_version(base::Time created, std::optional<base::Time> deletion, uint32_t mount_max_versions);
};

struct Version {
  std::string data;  // a JSON object
  std::optional<base::Time> created_time, deletion_time;
  std::string write() const;
};
// The data of a stored Version, without copying.
base::Result<std::string_view> version_data(std::string_view bytes);

struct UpgradeInfo {
  std::optional<base::Time> started_time;
  bool done = false;
  static base::Result<UpgradeInfo> parse(std::string_view bytes);
  std::string write() const;
};

// One version and what a read tells of it, found in stored KeyMetadata without decoding the rest: the hot path. The views
// live as long as the bytes.
struct VersionGlance {
  uint64_t number = 0;
  std::optional<base::Time> created_time, deletion_time;
  bool destroyed = false;
  std::vector<std::pair<std::string_view, std::string_view>> custom_metadata;  // sorted by name
  bool deleted_at(base::Time now) const { return deletion_time && *deletion_time < now; }
};
// `number` 0: the current version. Nothing when there is no such version.
base::Result<std::optional<VersionGlance>> glance_at_version(std::string_view metadata, uint64_t number);

// When a version made at `created` ends by the shorter of the two, 0 meaning none.
std::optional<base::Time> deletion_time(base::Time created, base::Duration mount, base::Duration key);

}  // namespace bao::engines::kv
