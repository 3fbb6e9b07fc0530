// Batches for the log writer.
#include "internal/raft/core/persistence.h"

#include <algorithm>
#include <limits>

#include "internal/base/ensure.h"
#include "internal/raft/core/planted_bug.h"

namespace bao::raft {

void Persistence::truncated(Index first) {
  if (first <= handed_) truncate_from_ = truncate_from_ ? std::min(*truncate_from_, first) : first;
  handed_ = std::min(handed_, first - 1);
  durable_ = std::min(durable_, first - 1);
  // A completion that is still to come speaks of the entries that were there then, not of those that will take their places.
  if (PLANTED(24)) return;  // stale append completion accepted
  for (Flight& flight : flights_) flight.end = std::min(flight.end, first - 1);
}

void Persistence::reset(const SnapshotMeta& meta) {
  reset_ = meta;
  truncate_from_.reset();
  hard_changed_ = true;
  // The state machine holds the snapshot durably: a log that lost this batch begins there after the next start.
  handed_ = durable_ = meta.last.index;
  for (Flight& flight : flights_) flight.end = std::min(flight.end, meta.last.index);
}

std::optional<AppendBatch> Persistence::take(const LogView& log, HardState hard, bool entries_allowed) {
  const bool entries = entries_allowed && handed_ < log.last_index();
  if (blocked_ || !(entries || reset_ || truncate_from_ || hard_changed_ || !send_after_.empty())) return std::nullopt;
  AppendBatch batch;
  last_sequence_ = batch.sequence = AppendSequence{last_sequence_.value + 1};
  batch.reset = std::exchange(reset_, std::nullopt);
  batch.truncate_from = std::exchange(truncate_from_, std::nullopt);
  if (entries) {
    batch.entries = log.slice(handed_ + 1, log.last_index(), std::numeric_limits<size_t>::max());
    ENSURE(!batch.entries.empty(), "what is not durable is in memory");
    handed_ = log.last_index();
  }
  if (std::exchange(hard_changed_, false)) {
    hard.commit = std::min(hard.commit, handed_);
    if (PLANTED(4) && hard.term != durable_hard_.term) {  // term and vote in two transactions
      hard_changed_ = hard.vote != kNobody;
      hard.vote = kNobody;
      durable_hard_.term = hard.term;
    }
    batch.hard = hard;
  }
  batch.send_after = std::exchange(send_after_, {});
  flights_.push_back({batch.sequence, handed_, batch.reset || batch.truncate_from || entries, batch.reset, batch.hard});
  return batch;
}

void Persistence::done(AppendSequence sequence) {
  ENSURE(!flights_.empty() && flights_.front().sequence == sequence, "batches complete in order");
  durable_ = std::max(durable_, flights_.front().end);
  if (flights_.front().hard) durable_hard_ = *flights_.front().hard;
  flights_.pop_front();
}

void Persistence::failed(AppendSequence sequence) {
  ENSURE(!flights_.empty() && flights_.front().sequence == sequence, "batches complete in order");
  for (const Flight& flight : flights_) {
    if (flight.reset && (!reset_ || reset_->last.index < flight.reset->last.index)) reset_ = flight.reset;
  }
  flights_.clear();
  send_after_.clear();
  // Whatever the disk has above the durable end is not ours any more; all of it is written again.
  if (!reset_) truncate_from_ = durable_ + 1;
  handed_ = durable_;
  hard_changed_ = true;
  blocked_ = true;
}

bool Persistence::log_busy(Index last) const {
  return reset_ || truncate_from_ || handed_ < last ||
         std::any_of(flights_.begin(), flights_.end(), [](const Flight& flight) { return flight.writes_log; });
}

}  // namespace bao::raft
