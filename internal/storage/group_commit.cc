#include "internal/storage/group_commit.h"

#include "internal/base/limits.h"
#include "internal/storage/proposal.h"

namespace bao::storage {

base::Result<base::Index> GroupCommit::propose(Proposal proposal) {
  TRY(check_sizes(proposal));
  auto pending = std::make_shared<Pending>(std::move(proposal));
  pending->bytes = proposal_bytes(pending->proposal);
  if (!enqueue(pending)) return base::Error(base::Code::unavailable, "storage: too many writes are waiting");
  pending->state.wait(Pending::State::waiting);
  if (pending->state == Pending::State::leads) lead();
  return std::move(pending->result);
}

bool GroupCommit::enqueue(const std::shared_ptr<Pending>& pending) {
  base::MutexLock lock(mutex_);
  if (queue_.size() >= base::kProposalQueueMax) return false;
  queue_.push_back(pending);
  if (!led_) pending->state = Pending::State::leads;
  led_ = true;
  return true;
}

// The leader stands at the front of the queue.
Batch GroupCommit::take() {
  base::MutexLock lock(mutex_);
  Batch batch;
  size_t bytes = 0;
  while (!queue_.empty() && batch.size() < base::kBatchProposalsMax) {
    bytes += queue_.front()->bytes;
    if (!batch.empty() && bytes > base::kBatchBytesMax) break;
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return batch;
}

void GroupCommit::lead() {
  Batch batch = take();
  apply_(batch);
  for (const auto& pending : batch) {
    if (pending == batch.front()) continue;  // ourselves
    pending->state = Pending::State::done;
    pending->state.notify_one();
  }
  if (between_) between_();
  std::shared_ptr<Pending> next;
  {
    base::MutexLock lock(mutex_);
    led_ = !queue_.empty();
    if (led_) next = queue_.front();
  }
  if (!next) return;
  next->state = Pending::State::leads;
  next->state.notify_one();
}

}  // namespace bao::storage
