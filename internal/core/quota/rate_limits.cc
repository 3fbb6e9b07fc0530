#include "internal/core/quota/rate_limits.h"

#include "internal/barrier/barrier.h"
#include "internal/base/time_format.h"
#include "internal/core/quota/rate_limit_rules.h"

namespace bao::core {
namespace {

const Mount* mount_of(const Router* router, std::string_view path) {
  const auto* mount = router == nullptr ? nullptr : router->find(path);
  return mount == nullptr ? nullptr : mount->get();
}

std::vector<std::pair<std::string, std::string>> headers_of(const RateLimit& limit, const Taken& taken) {
  const std::string seconds = std::to_string(base::whole_seconds(taken.until_full));
  std::vector<std::pair<std::string, std::string>> headers;
  if (!taken.blocked) {
    headers = {{"X-Ratelimit-Limit", std::to_string(limit.clients.tokens())},
               {"X-Ratelimit-Remaining", std::to_string(taken.remaining)},
               {"X-Ratelimit-Reset", seconds}};
  }
  if (!taken.allowed) {
    const auto block = limit.rule.block_interval;
    headers.emplace_back("Retry-After", taken.blocked || block.count() == 0 ? seconds : std::to_string(base::whole_seconds(block)));
  }
  return headers;
}

}  // namespace

RateLimits::RateLimits(barrier::Barrier& barrier, std::function<std::shared_ptr<const Router>()> router, const base::Clock& clock,
                       std::map<std::string, RoleOfLogin> roles)
    : barrier_(barrier), router_(std::move(router)), clock_(clock), roles_(std::move(roles)), kept_(barrier, "quotas", [this](const storage::ReadView& all) { return load(all); }) {}

RateLimits::~RateLimits() = default;

bool RateLimits::any() const {
  const auto rules = kept_.get();
  return rules != nullptr && !rules->empty();
}

// "" where no rule asks for it, or the login is with none. What is wrong with a login is said by whoever judges it.
std::string RateLimits::role_of(const RateLimitRules& rules, const Mount& mount, std::string_view path, std::string_view body) const {
  if (!rules.asks_for_roles(mount.mount_point) || !has_roles(mount) || path != mount.mount_point + "login") return "";
  const auto sent = codec::parse_json(body);
  if (!sent.ok()) return "";
  const barrier::Reader all(barrier_);
  const storage::PrefixReadView stored(all, mount.view_prefix);
  auto role = roles_.at(mount.entry.type)(*sent, stored);
  return role.ok() && *role ? std::move(**role) : "";
}

Admission RateLimits::admit(std::string_view path, std::string_view client, std::string_view body) {
  const auto rules = kept_.get();
  if (rules == nullptr || rules->empty() || rules->is_exempt(path)) return {};
  const auto router = router_();
  const Mount* mount = mount_of(router.get(), path);
  const RateLimit* limit = mount == nullptr ? rules->find(path, "") : rules->find(path, mount->mount_point, role_of(*rules, *mount, path, body));
  if (limit == nullptr) return {};
  const Taken taken = limit->clients.take(client, clock_.now());
  if (!taken.allowed) limit->violations.add();
  Admission admission{.allowed = taken.allowed, .audited = !taken.allowed && rules->config().audits_refusals, .headers = {}};
  if (rules->config().shows_headers) admission.headers = headers_of(*limit, taken);
  return admission;
}

void RateLimits::changed(std::string_view key) {
  {
    const base::MutexLock lock(mutex_);
    rewritten_.keys.emplace(key);
  }
  kept_.mark_stale();
}

void RateLimits::everything_changed() {
  {
    const base::MutexLock lock(mutex_);
    rewritten_.everything = true;
  }
  kept_.mark_stale();
}

bool RateLimits::Rewritten::contains(std::string_view name) const {
  return everything || keys.contains(std::string(kRateLimitPrefix) + std::string(name));
}

base::Result<std::shared_ptr<const RateLimitRules>> RateLimits::load(const storage::ReadView& all) {
  Rewritten rewritten;
  {
    const base::MutexLock lock(mutex_);
    std::swap(rewritten, rewritten_);
  }
  auto made = make(all, rewritten);
  if (made.ok()) {
    before_ = *made;
  } else {
    const base::MutexLock lock(mutex_);
    rewritten_.everything |= rewritten.everything;
    rewritten_.keys.merge(rewritten.keys);
  }
  return made;
}

// What was not written since goes on counting.
base::Result<std::shared_ptr<const RateLimitRules>> RateLimits::make(const storage::ReadView& all, const Rewritten& rewritten) const {
  ASSIGN_OR_RETURN(RateLimitConfig config, read_rate_limit_config(all));
  ASSIGN_OR_RETURN(std::vector<RateLimitRule> stored, read_rate_limits(all));
  std::vector<std::shared_ptr<const RateLimit>> limits;
  for (RateLimitRule& rule : stored) {
    const bool stays = before_ != nullptr && !rewritten.contains(rule.name);
    auto limit = stays ? before_->by_name(rule.name) : nullptr;
    limits.push_back(limit != nullptr ? std::move(limit) : std::make_shared<const RateLimit>(std::move(rule)));
  }
  return std::make_shared<const RateLimitRules>(std::move(config), std::move(limits));
}

}  // namespace bao::core
