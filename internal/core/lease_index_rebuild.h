// Index rows for leases that lack theirs, step by step in the background: archives hold no index tables, so they are missing after a
// restore and in data that came from elsewhere. Meanwhile leases are judged by their own time. Owned by one thread.
#pragma once

#include <string>

#include "internal/barrier/barrier.h"
#include "internal/core/expiration/expiration.h"

namespace bao::core {

class LeaseIndexRebuild {
 public:
  LeaseIndexRebuild(barrier::Barrier& barrier, const Expiration& expiration) : barrier_(barrier), expiration_(expiration) {}
  // A bounded one; nothing where it is done.
  base::Status step();
  bool done() const { return done_; }

 private:
  barrier::Barrier& barrier_;
  const Expiration& expiration_;
  bool done_ = false;
  std::string cursor_;
  int64_t leases_ = 0;
};

}  // namespace bao::core
