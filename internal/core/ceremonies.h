// What operators do together, share by share (generate-root, rotation of the keys): in memory of the active node, as in the reference,
// and over when that node is active no more: who is active next knows nothing of it. Thread-safe.
#pragma once

#include <memory>
#include <vector>

#include "internal/base/mutex.h"

namespace bao::core {

class Ceremony {
 public:
  virtual ~Ceremony() = default;
  // Forgets what was begun and given; waits for a last step that is under way.
  virtual void end() = 0;
};

class Ceremonies {
 public:
  // For as long as it lives.
  void add(const std::shared_ptr<Ceremony>& ceremony) EXCLUDES(mutex_) {
    const base::MutexLock lock(mutex_);
    std::erase_if(all_, [](const auto& each) { return each.expired(); });
    all_.push_back(ceremony);
  }
  void end() EXCLUDES(mutex_) {
    std::vector<std::weak_ptr<Ceremony>> all;
    {
      const base::MutexLock lock(mutex_);
      all = all_;
    }
    for (const auto& each : all)
      if (const auto ceremony = each.lock()) ceremony->end();
  }

 private:
  base::Mutex mutex_{base::Rank::engine};  // taken while a mount table makes its backends
  std::vector<std::weak_ptr<Ceremony>> all_ GUARDED_BY(mutex_);
};

}  // namespace bao::core
