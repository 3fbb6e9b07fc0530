#include "internal/core/lease_census.h"

#include "internal/base/log.h"
#include "internal/base/metrics.h"

namespace bao::core {
namespace {

constexpr int64_t kLeasesAStep = 256;
constexpr base::Duration kInterval = std::chrono::minutes(10);

base::Counter& leases() {
  static base::Counter& gauge = base::counter("expire.num_leases");
  return gauge;
}

base::Counter& irrevocable_leases() {
  static base::Counter& gauge = base::counter("expire.num_irrevocable_leases");
  return gauge;
}

}  // namespace

// Another node counts from now on.
LeaseCensus::~LeaseCensus() {
  leases().set(0);
  irrevocable_leases().set(0);
}

base::Result<bool> LeaseCensus::step() {
  if (expiration_.clock().now() < due_) return false;
  const barrier::Reader all(barrier_);
  ASSIGN_OR_RETURN(const auto ids, expiration_.below(all, logical::root_namespace(), "", cursor_, kLeasesAStep));
  counted_ += ids.size();
  const bool more = ids.size() == static_cast<size_t>(kLeasesAStep);
  if (more) {
    cursor_ = ids.back();
    return true;
  }
  ASSIGN_OR_RETURN(const auto irrevocable, expiration_.irrevocable(all));
  irrevocable_leases().set(static_cast<int64_t>(irrevocable.size()));
  show();
  return false;
}

void LeaseCensus::show() {
  leases().set(static_cast<int64_t>(counted_));
  if (counted_ > kLeasesWarnedOf) {
    base::log_warn("expiration", "lease count exceeds warning lease threshold",
                   {{"have", std::to_string(counted_)}, {"threshold", std::to_string(kLeasesWarnedOf)}});
  }
  counted_ = 0;
  cursor_.clear();
  due_ = expiration_.clock().now() + kInterval;
}

}  // namespace bao::core
