// One question to the leader for everybody who asks meanwhile: a round answers those only who came before it began
// (ARCHITECTURE D9). Thread-safe.
#pragma once

#include <cstdint>
#include <functional>

#include "internal/base/ids.h"
#include "internal/base/mutex.h"
#include "internal/base/result.h"

namespace bao::cluster {

class Confirmation {
 public:
  explicit Confirmation(std::function<base::Result<base::Index>()> ask) : ask_(std::move(ask)) {}
  // Blocks until a round that began after the call has ended: what it ended with.
  base::Result<base::Index> get() EXCLUDES(mutex_);

 private:
  const std::function<base::Result<base::Index>()> ask_;
  base::Mutex mutex_{base::Rank::cluster};
  base::Condition ended_;
  uint64_t begun_ GUARDED_BY(mutex_) = 0, done_ GUARDED_BY(mutex_) = 0;
  base::Result<base::Index> last_ GUARDED_BY(mutex_) = base::internal("no round has ended");
};

}  // namespace bao::cluster
