#include "internal/core/mfa/attempts.h"

namespace bao::core::mfa {
namespace {

std::string both(const std::string& method_id, const std::string& entity_id) { return method_id + "/" + entity_id; }

}  // namespace

bool Attempts::count(const std::string& method_id, const std::string& entity_id, uint32_t at_most, base::Duration period, base::Time now) {
  const base::MutexLock lock(mutex_);
  if (counts_.size() >= kWatchedMax) drop_what_is_over(now);
  if (counts_.size() >= kWatchedMax) return false;
  Count& count = counts_[both(method_id, entity_id)];
  if (count.over <= now) count = {0, now + period};
  if (count.tries >= at_most) return false;
  ++count.tries;
  return true;
}

void Attempts::forget(const std::string& method_id, const std::string& entity_id) {
  const base::MutexLock lock(mutex_);
  counts_.erase(both(method_id, entity_id));
}

void Attempts::drop_what_is_over(base::Time now) {
  std::erase_if(counts_, [now](const auto& item) { return item.second.over <= now; });
}

}  // namespace bao::core::mfa
