// Group commit without a thread of its own: the first proposer leads, takes everybody who queued meanwhile with it, and
// hands the lead on. One proposer alone pays no thread switch; many share one apply. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "internal/base/mutex.h"
#include "internal/base/result.h"
#include "internal/storage/backend.h"

namespace bao::storage {

// A proposal on its way through a batch; `result` is set by the function that applies the batch.
struct Pending {
  explicit Pending(Proposal p) : proposal(std::move(p)) {}
  Proposal proposal;
  base::Result<base::Index> result = base::internal("storage: a proposal was not applied");

 private:
  friend class GroupCommit;
  enum State : uint32_t { waiting, leads, done };
  void wait();
  void wake(State with);
  size_t bytes = 0;
  std::atomic<uint32_t> state{waiting};
};
using Batch = std::vector<std::shared_ptr<Pending>>;

class GroupCommit {
 public:
  // `apply` runs on one proposer's thread at a time, in order, without a lock held; it sets every result.
  explicit GroupCommit(std::function<void(Batch& batch)> apply) : apply_(std::move(apply)) {}
  // Blocks until a batch with this proposal was applied. Errors: too_large, invalid; unavailable when more than
  // kProposalQueueMax wait.
  base::Result<base::Index> propose(Proposal proposal) EXCLUDES(mutex_);

 private:
  bool enqueue(const std::shared_ptr<Pending>& pending) EXCLUDES(mutex_);
  void lead() EXCLUDES(mutex_);
  Batch take() EXCLUDES(mutex_);

  const std::function<void(Batch&)> apply_;
  base::Mutex mutex_{base::Rank::storage_queue};
  std::deque<std::shared_ptr<Pending>> queue_ GUARDED_BY(mutex_);
  bool led_ GUARDED_BY(mutex_) = false;
};

}  // namespace bao::storage
