#include "internal/core/invalidation/cache_audit.h"

#include <algorithm>
#include <thread>

#include "internal/base/log.h"
#include "internal/base/metrics.h"

namespace bao::core {
namespace {

constexpr std::chrono::milliseconds kLook{20};

base::Counter& metric(const char* name, const AuditedCache& cache) { return base::counter(std::string(name) + "{cache=" + cache.name + "}"); }

}  // namespace

void CacheAudit::step() {
  const base::MutexLock lock(mutex_);
  const uint64_t number = next_++;
  for (const AuditedCache& cache : caches_) compare(cache, number);
}

void CacheAudit::all(size_t at_most) {
  const base::MutexLock lock(mutex_);
  for (const AuditedCache& cache : caches_) {
    // Some more: what came or went meanwhile has moved the others.
    const size_t objects = std::min(at_most, 2 * cache.objects() + 64);
    for (size_t i = 0; i < objects && !stopping_; ++i) compare(cache, i);
  }
}

void CacheAudit::compare(const AuditedCache& cache, uint64_t number) {
  metric("cache.objects", cache).set(static_cast<int64_t>(cache.objects()));
  base::Counter& divergences = metric("audit.divergences", cache);
  const auto compared = cache.compare(number);
  if (!compared.ok() || compared->outcome == Comparison::Outcome::nothing) return;  // sealed meanwhile, as a rule
  metric("audit.compared", cache).add();
  if (compared->outcome == Comparison::Outcome::same || !lasts(*compared)) return;
  if (reported_.size() < kReportedMax && reported_.insert(cache.name + " " + compared->what).second) {
    divergences.add();
    base::log_error("invalidation", "what is kept in memory is not what storage holds: it is loaded anew",
                    {{"cache", cache.name}, {"object", compared->what}, {"index", std::to_string(compared->at.value)}});
  }
  cache.load_anew(compared->at);
}

bool CacheAudit::lasts(const Comparison& comparison) const {
  const auto until = std::chrono::steady_clock::now() + kSettle;
  while (!stopping_ && comparison.still()) {
    if (std::chrono::steady_clock::now() >= until) return told_(comparison.at) && comparison.still();
    std::this_thread::sleep_for(kLook);
  }
  return false;
}

}  // namespace bao::core
