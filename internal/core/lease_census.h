// How many leases there are, counted page by page in the background: nothing is kept for a lease, so nobody knows it otherwise. What
// grows without end shows itself in the metrics, and in the log. Owned by one thread.
#pragma once

#include <string>

#include "internal/barrier/barrier.h"
#include "internal/core/expiration/expiration.h"

namespace bao::core {

inline constexpr size_t kLeasesWarnedOf = 256'000;  // the reference's

class LeaseCensus {
 public:
  LeaseCensus(const barrier::Barrier& barrier, const Expiration& expiration) : barrier_(barrier), expiration_(expiration) {}
  ~LeaseCensus();
  // A bounded part of it, when it is due. Whether there is more to count now.
  base::Result<bool> step();

 private:
  void show();

  const barrier::Barrier& barrier_;
  const Expiration& expiration_;
  std::string cursor_;
  size_t counted_ = 0;
  base::Time due_ = base::kZeroTime;
};

}  // namespace bao::core
