// Rate limits as they lie at rest (openbao-storage.md): rules under sys/quotas/rate-limit/<name>, and what holds for all of them in
// sys/quotas/config. Plain values; members that we don't know survive a rewrite.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "internal/base/clock.h"
#include "internal/codec/json.h"
#include "internal/storage/view.h"

namespace bao::core {

struct RateLimitRule {
  std::string name, id;
  std::string namespace_path;  // "" or "root": the root
  std::string mount_path;      // "secret/", "auth/userpass/"; "": every mount
  std::string path_suffix;     // below the mount, may end with '*'; "": all of it
  std::string role;            // of logins; "": all
  codec::Json rate = 0;        // requests an interval, a number
  base::Duration interval = std::chrono::seconds(1), block_interval{0};
  bool inheritable = false;
  codec::Json unknown = codec::Json::object();

  bool of_root() const { return namespace_path.empty() || namespace_path == "root"; }
  // Whether both say whose requests they count.
  bool counts_the_same(const RateLimitRule& other) const;
};

struct RateLimitConfig {
  std::vector<std::string> exempt_paths;  // prefixes, with or without '*'; '!' before one: not exempt after all
  bool audits_refusals = false, shows_headers = false;
};

inline constexpr std::string_view kRateLimitPrefix = "sys/quotas/rate-limit/";

base::Result<RateLimitRule> parse_rate_limit(std::string_view stored);
std::string serialize_rate_limit(const RateLimitRule& rule);
base::Result<std::optional<RateLimitRule>> read_rate_limit(const storage::ReadView& all, std::string_view name);
base::Result<std::vector<RateLimitRule>> read_rate_limits(const storage::ReadView& all);
base::Status store_rate_limit(storage::WriteView& all, const RateLimitRule& rule);

// Those of a mount that is elsewhere now, or nowhere.
base::Status move_rate_limits(storage::WriteView& all, std::string_view from, std::string_view to);
base::Status remove_rate_limits(storage::WriteView& all, std::string_view mount_path);

// As it was stored, or what holds until then.
base::Result<RateLimitConfig> read_rate_limit_config(const storage::ReadView& all);
base::Status store_rate_limit_config(storage::WriteView& all, const RateLimitConfig& config);

}  // namespace bao::core
