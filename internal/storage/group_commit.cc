#include "internal/storage/group_commit.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "internal/base/limits.h"
#include "internal/storage/proposal.h"

namespace bao::storage {

// A futex rather than std::atomic::wait, which yields the processor four times before it sleeps: a commit takes longer.
void Pending::wait() {
  while (state.load(std::memory_order_acquire) == waiting) {
    syscall(SYS_futex, &state, FUTEX_WAIT_PRIVATE, waiting, nullptr, nullptr, 0);
  }
}

void Pending::wake(State with) {
  state.store(with, std::memory_order_release);
  syscall(SYS_futex, &state, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

base::Result<base::Index> GroupCommit::propose(Proposal proposal) {
  TRY(check_sizes(proposal));
  auto pending = std::make_shared<Pending>(std::move(proposal));
  pending->bytes = proposal_bytes(pending->proposal);
  if (!enqueue(pending)) return base::Error(base::Code::unavailable, "storage: too many writes are waiting");
  pending->wait();
  if (pending->state.load(std::memory_order_acquire) == Pending::leads) lead();
  return std::move(pending->result);
}

bool GroupCommit::enqueue(const std::shared_ptr<Pending>& pending) {
  base::MutexLock lock(mutex_);
  if (queue_.size() >= base::kProposalQueueMax) return false;
  queue_.push_back(pending);
  if (!led_) pending->state.store(Pending::leads, std::memory_order_relaxed);
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
    if (pending != batch.front()) pending->wake(Pending::done);  // the first one is ourselves
  }
  std::shared_ptr<Pending> next;
  {
    base::MutexLock lock(mutex_);
    led_ = !queue_.empty();
    if (led_) next = queue_.front();
  }
  if (next) next->wake(Pending::leads);
}

}  // namespace bao::storage
