// A mount as it lies at rest: JSON under core/mounts/<uuid>, core/auth/<uuid> and their local- twins
// (openbao-storage.md 2.3, 2.4). Plain values; members that we don't know survive a rewrite.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/codec/json.h"

namespace bao::core {

struct MountConfig {
  base::Duration default_lease_ttl{0}, max_lease_ttl{0};  // 0: the system's
  bool force_no_cache = false;
  std::vector<std::string> audit_non_hmac_request_keys, audit_non_hmac_response_keys;
  std::string listing_visibility;  // "", "hidden", "unauth"
  std::vector<std::string> passthrough_request_headers, allowed_response_headers;
  int token_type = 0;              // auth only: 0 default, 1 service, 2 batch, 3 default-service, 4 default-batch
  codec::Json user_lockout;        // auth only: object or null
  std::string plugin_name;
  codec::Json unknown = codec::Json::object();
};

struct MountEntry {
  std::string table;        // "mounts", "auth"
  std::string path;         // "secret/", without "auth/"
  std::string type;         // "kv", "system", "token", …
  std::string description;
  std::string uuid, backend_aware_uuid, accessor;
  MountConfig config;
  std::optional<std::map<std::string, std::string>> options;
  bool local = false, seal_wrap = false, external_entropy_access = false, tainted = false;
  std::string namespace_id = "root";
  std::string plugin_version, running_plugin_version, running_sha256;
  codec::Json unknown = codec::Json::object();

  // "secret/", "auth/userpass/": where requests reach it.
  std::string route() const { return table == "auth" ? "auth/" + path : path; }
  // core/mounts/<uuid>, core/local-auth/<uuid>.
  std::string storage_key() const;
  // Where its data lies: "logical/<uuid>/", "auth/<uuid>/", "sys/", "sys/token/".
  std::string data_prefix() const;
  // The root namespace's auth/token/: its data is the token store's.
  bool entry_is_token() const;
  // The core's own backends.
  bool entry_is_core() const { return type == "system" || entry_is_token(); }
  // What its handlers' views begin with: "" where a backend holds entries in several places (system, token, identity), else its data.
  std::string view_prefix() const { return entry_is_core() || type == "identity" ? "" : data_prefix(); }
};

base::Result<MountEntry> parse_mount_entry(std::string_view stored);
std::string serialize_mount_entry(const MountEntry& entry);

}  // namespace bao::core
