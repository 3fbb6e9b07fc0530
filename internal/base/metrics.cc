#include "internal/base/metrics.h"

#include <map>
#include <memory>

#include "internal/base/mutex.h"

namespace bao::base {
namespace {
struct Registry {
  Mutex mutex{Rank::metrics};
  std::map<std::string, std::unique_ptr<Counter>, std::less<>> counters GUARDED_BY(mutex);
};
Registry& registry() {
  static auto* instance = new Registry;  // outlives every thread
  return *instance;
}
}  // namespace

Counter& counter(std::string_view name) {
  Registry& r = registry();
  MutexLock lock(r.mutex);
  auto found = r.counters.find(name);
  if (found == r.counters.end()) {
    found = r.counters.emplace(std::string(name), std::make_unique<Counter>()).first;
  }
  return *found->second;
}

std::vector<Sample> metric_samples() {
  Registry& r = registry();
  MutexLock lock(r.mutex);
  std::vector<Sample> samples;
  for (const auto& [name, c] : r.counters) samples.push_back({name, c->value(), c->is_gauge()});
  return samples;
}

}  // namespace bao::base
