#include "internal/core/lease_sweep.h"

#include <algorithm>
#include <utility>

#include "internal/base/log.h"
#include "internal/base/metrics.h"

namespace bao::core {
namespace {

using base::Duration;
using base::Result;
using base::Status;
using base::Time;

constexpr int64_t kBatch = 64;
constexpr int kAttemptsMax = 6;
constexpr size_t kFailuresMax = 65'536;
constexpr size_t kReasonBytesMax = 240;
constexpr Duration kFirstRetry = std::chrono::seconds(10);
constexpr Duration kRetryOfUnreadable = std::chrono::hours(1);

}  // namespace

void LeaseSweep::show_delay(Duration delay) {
  static base::Counter& late = base::counter("expire.late_milliseconds");
  late.set(std::chrono::duration_cast<std::chrono::milliseconds>(delay).count());
}

Status LeaseSweep::transact(const std::function<Status(barrier::Transaction&)>& body) {
  const auto committed = barrier_.transact(body);
  return committed.ok() ? Status() : Status(committed.error());
}

Result<LeaseSweep::Batch> LeaseSweep::batch() {
  const Time began = now();
  ASSIGN_OR_RETURN(const auto rows, expiration_.ended(barrier::Reader(barrier_), began, kBatch));
  show_delay(rows.empty() ? Duration(0) : began - time_of_sort_key(rows.front().sort_key));
  Batch batch{0, rows.size() == static_cast<size_t>(kBatch)};
  if (rows.empty()) return batch;
  const auto is_over = [began](const Lease& lease) { return lease.expire_time != base::kZeroTime && lease.expire_time <= began; };
  std::vector<std::string> ids;
  for (const storage::IndexRow& row : rows) ids.emplace_back(lease_id_of_storage_key(row.key));
  ASSIGN_OR_RETURN(const auto left, leases_.end_together(logical::root_namespace(), ids, is_over));
  batch.ended = ids.size() - left.size();
  for (const storage::IndexRow& row : rows) {
    if (std::find(left.begin(), left.end(), lease_id_of_storage_key(row.key)) == left.end()) continue;
    ASSIGN_OR_RETURN(const bool ended, handle(row));
    batch.ended += ended ? 1 : 0;
  }
  static base::Counter& counter = base::counter("expire.leases_ended");
  counter.add(static_cast<int64_t>(batch.ended));
  return batch;
}

// A lease is due when its time is over, or when its token was spent before.
Result<bool> LeaseSweep::is_due(const Lease& lease) const {
  if (!lease.revoke_error.empty()) return false;
  if (lease.expire_time != base::kZeroTime && lease.expire_time <= now()) return true;
  if (!lease.auth.is_object()) return false;
  const barrier::Reader all(barrier_);
  ASSIGN_OR_RETURN(const auto entry, tokens_.read(all, lease.client_token, TokenStore::Spent::included));
  return entry && entry->num_uses < 0;
}

Result<bool> LeaseSweep::handle(const storage::IndexRow& row) {
  const auto& root = logical::root_namespace();
  const std::string id(lease_id_of_storage_key(row.key));
  const auto found = expiration_.get(barrier::Reader(barrier_), root, id);
  const bool damaged = !found.ok() && found.error().code() == base::Code::corrupt;
  if (damaged) base::log_error("expiration", "a lease cannot be read", {{"lease_id", id}, {"error", found.error().message()}});
  if (id.empty() || damaged) {  // of a namespace, which this release can't serve
    TRY(remove_row(row, now() + kRetryOfUnreadable));
    return false;
  }
  ASSIGN_OR_RETURN(const auto lease, found);
  bool due = false;
  if (lease) {
    ASSIGN_OR_RETURN(due, is_due(*lease));
  }
  if (!due) {
    TRY(remove_row(row));
    return false;
  }
  if (const Status ended = leases_.end(root, *lease); !ended.ok()) {
    TRY(put_off(row, *lease, ended.error()));
    return false;
  }
  forget_failures(id);
  TRY(remove_row(row));
  return true;
}

Status LeaseSweep::remove_row(const storage::IndexRow& row, std::optional<Time> again) {
  return transact([&](barrier::Transaction& all) -> Status {
    all.index_remove(kLeaseExpiryTable, row.sort_key, row.key);
    if (again) all.index_put(kLeaseExpiryTable, expiry_sort_key(*again), row.key);
    return {};
  });
}

// An engine that refuses is asked again later; after several times in a row, or when it isn't here or can't do it at all, the lease
// stays and says why, until somebody asks for it anew or forces it.
Status LeaseSweep::put_off(const storage::IndexRow& row, Lease lease, const base::Error& error) {
  if (is_of_this_node(error)) return error;
  static base::Counter& failures = base::counter("expire.revocation_failures");
  failures.add();
  const int attempts = std::min(count_failure(lease.id), kAttemptsMax);
  base::log_error("expiration", "failed to revoke lease",
                  {{"lease_id", lease.id}, {"error", error.message()}, {"attempts", std::to_string(attempts)}});
  // Ending a token asks no engine: what fails is storage, and that is worth trying for ever.
  const bool gives_up = lease.secret.is_object() && (attempts == kAttemptsMax || error.code() == base::Code::unsupported);
  if (!gives_up) return remove_row(row, now() + kFirstRetry * (1 << (attempts - 1)));
  return mark_irrevocable(row, std::move(lease), attempts == kAttemptsMax ? error.within("out of retries") : error);
}

Status LeaseSweep::mark_irrevocable(const storage::IndexRow& row, Lease lease, const base::Error& error) {
  lease.revoke_error = error.message().substr(0, kReasonBytesMax);
  forget_failures(lease.id);
  return transact([&](barrier::Transaction& all) -> Status {
    all.index_remove(kLeaseExpiryTable, row.sort_key, row.key);
    return expiration_.put(all, logical::root_namespace(), lease, std::nullopt);
  });
}

int LeaseSweep::count_failure(const std::string& lease_id) {
  const base::MutexLock lock(failures_mutex_);
  const auto known = attempts_.find(lease_id);
  if (known != attempts_.end()) return ++known->second;
  if (attempts_.size() < kFailuresMax) attempts_[lease_id] = 1;
  return 1;
}

void LeaseSweep::forget_failures(const std::string& lease_id) {
  const base::MutexLock lock(failures_mutex_);
  attempts_.erase(lease_id);
}

}  // namespace bao::core
