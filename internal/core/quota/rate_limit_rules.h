// The rules of one moment, ordered for finding the one that counts a request: of a role that logs in before that of a path, before those
// with a glob, the longest of them first, before a mount's, before that of everything. Immutable but for the counts.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/metrics.h"
#include "internal/core/quota/client_buckets.h"
#include "internal/core/quota/rate_limit_rule.h"

namespace bao::core {

// One rule at work.
struct RateLimit {
  explicit RateLimit(RateLimitRule stored);
  const RateLimitRule rule;
  mutable ClientBuckets clients;
  base::Counter& violations;
};

class RateLimitRules {
 public:
  RateLimitRules(RateLimitConfig config, std::vector<std::shared_ptr<const RateLimit>> limits);
  bool empty() const { return limits_.empty(); }
  const RateLimitConfig& config() const { return config_; }
  bool is_exempt(std::string_view path) const;
  // Of a request to `path`, which `mount_path` ("" for none) is the beginning of, and which logs in with `role`, or "" where it doesn't;
  // nullptr: nobody counts it.
  const RateLimit* find(std::string_view path, std::string_view mount_path, std::string_view role = "") const;
  // Whether it matters with which role a login comes there.
  bool asks_for_roles(std::string_view mount_path) const;
  std::shared_ptr<const RateLimit> by_name(std::string_view name) const;

 private:
  struct OfMount {
    const RateLimit* whole = nullptr;
    std::map<std::string, const RateLimit*, std::less<>> roles, paths;
    std::map<std::string, const RateLimit*, std::less<>> globs;  // without their '*'
  };
  static const RateLimit* find_below(const OfMount& mount, std::string_view suffix);

  const RateLimitConfig config_;
  const std::vector<std::shared_ptr<const RateLimit>> limits_;
  const RateLimit* of_everything_ = nullptr;
  std::map<std::string, OfMount, std::less<>> mounts_;
};

}  // namespace bao::core
