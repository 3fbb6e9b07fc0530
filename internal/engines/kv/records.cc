#include "internal/engines/kv/records.h"

#include <algorithm>

#include "internal/codec/protobuf.h"

namespace bao::engines::kv {
namespace {

using codec::WireField;
using codec::WireReader;

constexpr uint32_t kMetadataCasRequiredId = 400, kCurrentMetadataVersionId = 401;  // OpenBao's additions
constexpr base::Duration kDisabled = std::chrono::seconds(-1);

base::Error broken(std::string_view what) { return base::corrupt(base::Words::of_node("stored " + std::string(what) + " is not readable")); }

void put_time(std::string& out, uint32_t id, const std::optional<base::Time>& time) {
  if (time) codec::put_message(out, id, codec::timestamp_message(*time));
}

base::Status take_time(const WireField& field, std::optional<base::Time>& into) {
  ASSIGN_OR_RETURN(into, codec::parse_timestamp(field.bytes));
  return {};
}

base::Status take_duration(const WireField& field, std::optional<base::Duration>& into) {
  ASSIGN_OR_RETURN(into, codec::parse_duration_message(field.bytes));
  return {};
}

struct MapEntry {
  WireField key, value;
};

base::Result<MapEntry> map_entry(std::string_view bytes) {
  MapEntry entry;
  WireReader reader(bytes);
  for (WireField field; reader.next(field);) {
    if (field.id == 1) entry.key = field;
    if (field.id == 2) entry.value = field;
  }
  if (reader.failed()) return broken("map entry");
  return entry;
}

// Fields 1 to 3 of VersionMetadata.
template <typename Target>
base::Result<bool> take_version_field(const WireField& field, Target& target) {
  if (field.id == 1) TRY(take_time(field, target.created_time));
  else if (field.id == 2) TRY(take_time(field, target.deletion_time));
  else if (field.id == 3) target.destroyed = field.number != 0;
  else return false;
  return true;
}

base::Status take_key_field(const WireField& field, KeyMetadata& metadata) {
  switch (field.id) {
    case 1: metadata.key = field.bytes; return {};
    case 2: {
      ASSIGN_OR_RETURN(const MapEntry entry, map_entry(field.bytes));
      ASSIGN_OR_RETURN(metadata.versions[entry.key.number], VersionMetadata::parse(entry.value.bytes));
      return {};
    }
    case 3: metadata.current_version = field.number; return {};
    case 4: metadata.oldest_version = field.number; return {};
    case 5: return take_time(field, metadata.created_time);
    case 6: return take_time(field, metadata.updated_time);
    case 7: metadata.max_versions = static_cast<uint32_t>(field.number); return {};
    case 8: metadata.cas_required = field.number != 0; return {};
    case 9: return take_duration(field, metadata.delete_version_after);
    case 10: {
      ASSIGN_OR_RETURN(const MapEntry entry, map_entry(field.bytes));
      metadata.custom_metadata[std::string(entry.key.bytes)] = entry.value.bytes;
      return {};
    }
    case kMetadataCasRequiredId: metadata.metadata_cas_required = field.number != 0; return {};
    case kCurrentMetadataVersionId: metadata.current_metadata_version = field.number; return {};
    default: metadata.unknown += field.whole; return {};
  }
}

uint64_t current_version_of(std::string_view metadata) {
  uint64_t number = 0;
  WireReader reader(metadata);
  for (WireField field; reader.next(field);) {
    if (field.id == 3) number = field.number;
  }
  return number;
}

}  // namespace

bool Configuration::delete_version_after_disabled() const { return delete_version_after == kDisabled; }

base::Result<Configuration> Configuration::parse(std::string_view bytes) {
  Configuration configuration;
  WireReader reader(bytes);
  for (WireField field; reader.next(field);) {
    if (field.id == 1) configuration.max_versions = static_cast<uint32_t>(field.number);
    else if (field.id == 2) configuration.cas_required = field.number != 0;
    else if (field.id == 3) TRY(take_duration(field, configuration.delete_version_after));
    else if (field.id == kMetadataCasRequiredId) configuration.metadata_cas_required = field.number != 0;
    else configuration.unknown += field.whole;
  }
  if (reader.failed()) return broken("KV configuration");
  return configuration;
}

std::string Configuration::write() const {
  std::string out;
  codec::put_uint(out, 1, max_versions);
  codec::put_bool(out, 2, cas_required);
  if (delete_version_after) codec::put_message(out, 3, codec::duration_message(*delete_version_after));
  codec::put_bool(out, kMetadataCasRequiredId, metadata_cas_required);
  return out + unknown;
}

base::Result<VersionMetadata> VersionMetadata::parse(std::string_view bytes) {
  VersionMetadata version;
  WireReader reader(bytes);
  for (WireField field; reader.next(field);) {
    ASSIGN_OR_RETURN(const bool taken, take_version_field(field, version));
    if (!taken) version.unknown += field.whole;
  }
  if (reader.failed()) return broken("version metadata");
  return version;
}

std::string VersionMetadata::write() const {
  std::string out;
  put_time(out, 1, created_time);
  put_time(out, 2, deletion_time);
  codec::put_bool(out, 3, destroyed);
  return out + unknown;
}

base::Result<KeyMetadata> KeyMetadata::parse(std::string_view bytes) {
  KeyMetadata metadata;
  WireReader reader(bytes);
  for (WireField field; reader.next(field);) TRY(take_key_field(field, metadata));
  if (reader.failed()) return broken("key metadata");
  return metadata;
}

std::string KeyMetadata::write() const {
  std::string out;
  codec::put_bytes(out, 1, key);
  for (const auto& [number, version] : versions) {
    std::string entry;
    codec::put_uint(entry, 1, number);
    codec::put_message(entry, 2, version.write());
    codec::put_message(out, 2, entry);
  }
  codec::put_uint(out, 3, current_version);
  codec::put_uint(out, 4, oldest_version);
  put_time(out, 5, created_time);
  put_time(out, 6, updated_time);
  codec::put_uint(out, 7, max_versions);
  codec::put_bool(out, 8, cas_required);
  if (delete_version_after) codec::put_message(out, 9, codec::duration_message(*delete_version_after));
  for (const auto& [name, value] : custom_metadata) {
    std::string entry;
    codec::put_message(entry, 1, name);
    codec::put_message(entry, 2, value);
    codec::put_message(out, 10, entry);
  }
  codec::put_bool(out, kMetadataCasRequiredId, metadata_cas_required);
  codec::put_uint(out, kCurrentMetadataVersionId, current_metadata_version);
  return out + unknown;
}

uint64_t KeyMetadata::add_version(base::Time created, std::optional<base::Time> deletion, uint32_t mount_max_versions) {
  ++current_version;
  versions[current_version] = {created, deletion, false, ""};
  updated_time = created;
  if (!created_time) created_time = created;
  const uint32_t larger = std::max(max_versions, mount_max_versions);
  const uint32_t window = larger > 0 ? larger : kDefaultMaxVersions;
  if (current_version - oldest_version < window) return 0;
  const uint64_t newest_to_remove = current_version - window;
  versions.erase(versions.begin(), versions.upper_bound(newest_to_remove));
  oldest_version = newest_to_remove + 1;
  return newest_to_remove;
}

std::string Version::write() const {
  std::string out;
  codec::put_bytes(out, 1, data);
  put_time(out, 2, created_time);
  put_time(out, 3, deletion_time);
  return out;
}

base::Result<std::string_view> version_data(std::string_view bytes) {
  std::string_view data;
  WireReader reader(bytes);
  for (WireField field; reader.next(field);) {
    if (field.id == 1) data = field.bytes;
  }
  if (reader.failed()) return broken("version");
  while (data.ends_with('\n')) data.remove_suffix(1);
  if (data == "null") return std::string_view("null");
  if (!data.starts_with('{') || !data.ends_with('}')) return broken("version data");
  return data;
}

base::Result<UpgradeInfo> UpgradeInfo::parse(std::string_view bytes) {
  UpgradeInfo info;
  WireReader reader(bytes);
  for (WireField field; reader.next(field);) {
    if (field.id == 1) TRY(take_time(field, info.started_time));
    if (field.id == 2) info.done = field.number != 0;
  }
  if (reader.failed()) return broken("upgrade information");
  return info;
}

std::string UpgradeInfo::write() const {
  std::string out;
  put_time(out, 1, started_time);
  codec::put_bool(out, 2, done);
  return out;
}

base::Result<std::optional<VersionGlance>> glance_at_version(std::string_view metadata, uint64_t number) {
  VersionGlance glance;
  glance.number = number == 0 ? current_version_of(metadata) : number;
  bool found = false;
  WireReader reader(metadata);
  for (WireField field; reader.next(field);) {
    if (field.id != 2 && field.id != 10) continue;
    ASSIGN_OR_RETURN(const MapEntry entry, map_entry(field.bytes));
    if (field.id == 10) {
      glance.custom_metadata.emplace_back(entry.key.bytes, entry.value.bytes);
    } else if (entry.key.number == glance.number) {
      found = true;
      WireReader version(entry.value.bytes);
      for (WireField part; version.next(part);) TRY(take_version_field(part, glance));
      if (version.failed()) return broken("version metadata");
    }
  }
  if (reader.failed()) return broken("key metadata");
  if (!found) return std::optional<VersionGlance>();
  std::sort(glance.custom_metadata.begin(), glance.custom_metadata.end());
  return std::optional(std::move(glance));
}

std::optional<base::Time> deletion_time(base::Time created, base::Duration mount, base::Duration key) {
  const base::Duration none{0};
  if (mount == none && key == none) return std::nullopt;
  const bool mount_counts = key == none || (mount != none && mount < key);
  const base::Duration shorter = mount_counts ? mount : key;
  return shorter > base::Time::max() - created ? base::Time::max() : created + shorter;
}

}  // namespace bao::engines::kv
