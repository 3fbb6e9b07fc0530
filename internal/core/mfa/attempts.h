// How often somebody tried a method within one period of its passcodes: six digits are guessed by who may try often. In memory, on the
// node that judges; bounded. Thread-safe.
#pragma once

#include <map>
#include <string>

#include "internal/base/clock.h"
#include "internal/base/mutex.h"

namespace bao::core::mfa {

class Attempts {
 public:
  // One more, of at most so many within `period` from the first one; false: too many.
  bool count(const std::string& method_id, const std::string& entity_id, uint32_t at_most, base::Duration period, base::Time now) EXCLUDES(mutex_);
  // It succeeded.
  void forget(const std::string& method_id, const std::string& entity_id) EXCLUDES(mutex_);

 private:
  static constexpr size_t kWatchedMax = 100'000;  // then everybody has to wait until something is over
  struct Count {
    uint32_t tries = 0;
    base::Time over{};
  };
  void drop_what_is_over(base::Time now) REQUIRES(mutex_);

  base::Mutex mutex_{base::Rank::engine};
  std::map<std::string, Count> counts_ GUARDED_BY(mutex_);  // by method and entity
};

}  // namespace bao::core::mfa
