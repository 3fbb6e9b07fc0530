#include "internal/core/audit/table.h"


#include "internal/base/letters.h"
#include "internal/codec/compression.h"
#include "internal/crypto/hash.h"

namespace bao::core::audit {
namespace {

using base::Result;
using base::Status;
using codec::Json;

constexpr std::string_view kTable = "core/audit", kLocalTable = "core/local-audit";
constexpr std::string_view kHeaders = "sys/audited-headers-config/audited-headers";
constexpr size_t kTableBytesMax = 16 << 20;

Status read_table(const storage::ReadView& all, std::string_view key, std::vector<MountEntry>& devices) {
  ASSIGN_OR_RETURN(const auto stored, all.get(key));
  if (!stored) return {};
  ASSIGN_OR_RETURN(const std::string text, codec::decompress_canary(*stored, kTableBytesMax));
  const auto table = codec::parse_json(text);
  if (!table.ok()) return base::corrupt(std::string(key) + ": " + table.error().message());
  for (const Json& item : (*table)["entries"].items()) {
    ASSIGN_OR_RETURN(MountEntry entry, parse_mount_entry(codec::write_json(item)));
    devices.push_back(std::move(entry));
  }
  return {};
}

Status write_table(storage::WriteView& all, std::string_view key, const std::vector<MountEntry>& devices, bool local) {
  Json entries;
  for (const MountEntry& device : devices) {
    if (device.local != local) continue;
    if (!entries.is_array()) entries = Json::array();
    std::string text = serialize_mount_entry(device);
    text.pop_back();  // its line feed
    entries.push_back(Json::raw(std::move(text)));
  }
  ASSIGN_OR_RETURN(const std::string stored, codec::compress_canary_gzip(
      codec::write_json(Json::record({{"type", Json(kApiTable)}, {"entries", std::move(entries)}})) + "\n"));
  return all.put(key, stored);
}

}  // namespace

Result<std::vector<MountEntry>> stored_devices(const storage::ReadView& all) {
  std::vector<MountEntry> devices;
  TRY(read_table(all, kTable, devices));
  TRY(read_table(all, kLocalTable, devices));
  return devices;
}

Status store_devices(storage::WriteView& all, const std::vector<MountEntry>& devices) {
  TRY(write_table(all, kTable, devices, /*local=*/false));
  return write_table(all, kLocalTable, devices, /*local=*/true);
}

std::string salt_key(const MountEntry& entry) { return "audit/" + entry.uuid + "/salt"; }

Status write_salt_where_missing(storage::WriteView& all, const MountEntry& entry) {
  ASSIGN_OR_RETURN(const auto salt, all.get(salt_key(entry)));
  return salt ? Status() : all.put(salt_key(entry), crypto::random_uuid());
}

Result<AuditedHeaders> stored_headers(const storage::ReadView& all) {
  AuditedHeaders headers;
  ASSIGN_OR_RETURN(const auto stored, all.get(kHeaders));
  if (!stored) return headers;
  const auto json = codec::parse_json(*stored);
  if (!json.ok()) return base::corrupt(std::string(kHeaders) + ": " + json.error().message());
  for (const auto& [name, settings] : json->members()) {
    headers[base::lower_case(name)] = settings["hmac"].as_bool();
  }
  return headers;
}

Status store_headers(storage::WriteView& all, const AuditedHeaders& headers) {
  Json json = Json::object();
  for (const auto& [name, hashed] : headers) json.set(name, Json::record({{"hmac", Json(hashed)}}));
  return all.put(kHeaders, codec::write_json(json) + "\n");
}

}  // namespace bao::core::audit
