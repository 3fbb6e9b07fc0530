// Secret ids as OpenBao stores them (openbao-storage.md 8.4): under the MACs of role name and secret id, found by accessor too. The
// secret id itself is stored nowhere. Plain value; members that we don't know survive.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/auth/approle/role.h"
#include "internal/base/time_format.h"

namespace bao::auth::approle {

inline constexpr size_t kMacInputMax = 4096;  // bytes of a name or secret id

struct SecretId {
  std::string accessor;
  int64_t num_uses = 0;  // left; 0: without limit
  base::Duration ttl{0};
  base::Time creation_time = base::kZeroTime;
  base::Time expiration_time = base::kZeroTime;  // kZeroTime: never
  base::Time last_updated_time = base::kZeroTime;
  std::map<std::string, std::string> metadata;
  std::vector<std::string> cidr_list, token_bound_cidrs;
  bool counts_twice = false;  // an older member repeats num_uses
  codec::Json unknown = codec::Json::object();

  bool expired(base::Time now) const { return expiration_time != base::kZeroTime && expiration_time <= now; }
};

base::Result<SecretId> parse_secret_id(std::string_view stored);
std::string serialize_secret_id(const SecretId& secret);
// As lookups show it.
codec::Json show_secret_id(const SecretId& secret);

// Where a secret id of a role lies. Error: the text is too long, or the role has no key.
base::Result<std::string> mac_of(const Role& role, std::string_view text);
base::Result<std::string> folder_of(const Role& role);
base::Result<std::optional<SecretId>> find_secret_id(const storage::ReadView& view, const std::string& key);
// The MAC of the secret id that has this accessor, or "".
base::Result<std::string> mac_of_accessor(const storage::ReadView& view, std::string_view prefix, std::string_view accessor);
// With its accessor.
base::Status put_secret_id(storage::WriteView& view, const Role& role, const std::string& mac, const SecretId& secret);
base::Status remove_secret_id(storage::WriteView& view, std::string_view prefix, const std::string& key, const SecretId& secret);

// A JSON object of texts, "a=b,c=d", or either in base64. Error: invalid.
base::Result<std::map<std::string, std::string>> parse_metadata(std::string_view text);

}  // namespace bao::auth::approle
