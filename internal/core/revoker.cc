// The sweeper: reads what has ended out of the index table in batches, ends it, and sleeps until the next row is due. Every
// row it sees is removed or moved, so that one lease that can't be revoked holds up nothing. Between batches it rests, so that
// what ends by the hundred thousand at once leaves the machine to requests.
#include "internal/core/revoker.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>
#include <utility>

#include "internal/barrier/reign.h"
#include "internal/base/log.h"
#include "internal/base/metrics.h"
#include "internal/base/mutex.h"
#include "internal/core/lease_index_rebuild.h"
#include "internal/core/lease_revocation.h"

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
constexpr Duration kSleepMax = std::chrono::minutes(1);
constexpr Duration kSleepAfterError = std::chrono::seconds(1);
constexpr Duration kCoalesce = std::chrono::milliseconds(50);
constexpr int kRestPerWork = 2;
// Of storage and the node's state, not of the engine: never a reason to give a lease up.
bool is_ours(const base::Error& error) {
  switch (error.code()) {
    case base::Code::sealed:
    case base::Code::unavailable:
    case base::Code::needs_active:
    case base::Code::conflict:
    case base::Code::uncertain: return true;
    default: return false;
  }
}

// What the applier and the owner tell the thread. Outlives both: the listener keeps it.
struct Wakeup {
  base::Mutex mutex{base::Rank::lease_wakeup};
  base::Condition condition;
  bool stopping GUARDED_BY(mutex) = false;
  std::atomic<bool> changed{false};

  void notify() {
    if (changed.exchange(true)) return;
    const base::MutexLock lock(mutex);
    condition.notify_all();
  }
};

class Sweeper final : public Revoker {
 public:
  explicit Sweeper(Core::Parts& parts)
      : barrier_(parts.barrier),
        tokens_(parts.tokens),
        expiration_(parts.expiration),
        clock_(parts.clock),
        leases_(parts.barrier, parts.tokens, parts.expiration, parts.clock, [&parts](std::string_view path) {
          const auto router = parts.mounts == nullptr ? nullptr : parts.mounts->router();
          const auto* mount = router == nullptr ? nullptr : router->find(path);
          return mount == nullptr ? nullptr : *mount;
        }) {
    parts.tokens.set_lease_listener([wakeup = wakeup_] { wakeup->notify(); });
  }
  ~Sweeper() override { stop(); }

  void start() override;
  void stop() override;
  Status revoke_lease(const logical::Namespace& ns, std::string_view lease_id) override;
  Status revoke_prefix(const logical::Namespace& ns, std::string_view prefix, bool force) override;
  Status queue(const logical::Namespace& ns, std::span<const std::string> lease_ids) override { return leases_.queue(ns, lease_ids); }
  logical::Reply renew_lease(const logical::Namespace& ns, std::string_view lease_id, Duration increment) override {
    return leases_.renew(ns, lease_id, increment);
  }
  Result<size_t> sweep() override;
  Status tidy() override;

 private:
  struct Batch {
    size_t ended = 0;
    bool more = false;
  };
  void run();
  Result<bool> work(LeaseIndexRebuild& rebuild);
  Duration until_next() const;
  void pause(Duration at_most, bool for_changes);
  Result<Batch> sweep_batch();
  Result<bool> handle(const storage::IndexRow& row);
  Result<bool> is_due(const Lease& lease) const;
  Result<bool> has_token(const Lease& lease) const;
  Status end_or_drop(const logical::Namespace& ns, const std::string& id, bool force);
  Status remove_row(const storage::IndexRow& row, std::optional<Time> again = {});
  Status put_off(const storage::IndexRow& row, Lease lease, const base::Error& error);
  Status mark_irrevocable(const storage::IndexRow& row, Lease lease, const base::Error& error);
  int count_failure(const std::string& id);
  void forget_failures(const std::string& id);
  Status transact(const std::function<Status(barrier::Transaction&)>& body) {
    const auto committed = barrier_.transact(body);
    return committed.ok() ? Status() : Status(committed.error());
  }

  barrier::Barrier& barrier_;
  const TokenStore& tokens_;
  const Expiration& expiration_;
  const base::Clock& clock_;
  LeaseRevocation leases_;
  std::shared_ptr<Wakeup> wakeup_ = std::make_shared<Wakeup>();
  std::thread thread_;
  mutable base::Mutex failures_mutex_{base::Rank::expiration};
  std::map<std::string, int> attempts_ GUARDED_BY(failures_mutex_);
};

void Sweeper::start() {
  if (thread_.joinable()) return;
  {
    const base::MutexLock lock(wakeup_->mutex);
    wakeup_->stopping = false;
  }
  thread_ = std::thread([this, reign = barrier::Reign::current()] {
    const barrier::Reign writing(reign);
    run();
  });
}

void Sweeper::stop() {
  if (!thread_.joinable()) return;
  {
    const base::MutexLock lock(wakeup_->mutex);
    wakeup_->stopping = true;
    wakeup_->condition.notify_all();
  }
  thread_.join();
}

void Sweeper::run() {
  using Steady = std::chrono::steady_clock;
  const auto stopping = [this] {
    const base::MutexLock lock(wakeup_->mutex);
    return wakeup_->stopping;
  };
  LeaseIndexRebuild rebuild(barrier_, expiration_);
  while (!stopping()) {
    wakeup_->changed = false;
    const auto began = Steady::now();
    const auto more = work(rebuild);
    if (!more.ok()) base::log_warn("expiration", "sweep failed", {{"error", more.error().message()}});
    if (!more.ok()) pause(kSleepAfterError, false);
    else if (*more) pause(kRestPerWork * (Steady::now() - began), false);
    else pause(until_next(), true);
  }
}

// A bounded step of everything there is to do; whether there is more of it.
Result<bool> Sweeper::work(LeaseIndexRebuild& rebuild) {
  const Status rebuilt = rebuild.step();
  ASSIGN_OR_RETURN(const Batch batch, sweep_batch());
  TRY(rebuilt);
  return batch.more || !rebuild.done();
}

Duration Sweeper::until_next() const {
  const auto next = expiration_.next_expiry(barrier::Reader(barrier_));
  if (!next.ok()) return kSleepAfterError;
  return *next ? std::clamp<Duration>(**next - clock_.now(), Duration(0), kSleepMax) : kSleepMax;
}

// Ends early when it is to stop, and when leases have changed where that is waited for.
void Sweeper::pause(Duration at_most, bool for_changes) {
  Wakeup& wakeup = *wakeup_;
  const base::MutexLock lock(wakeup.mutex);
  const auto stops = [&wakeup]() BAO_TS(no_thread_safety_analysis) { return wakeup.stopping; };
  const bool woken = wakeup.condition.wait_for(wakeup.mutex, at_most, [&] { return stops() || (for_changes && wakeup.changed.load()); });
  // Many leases filed at once are looked at once.
  if (woken) wakeup.condition.wait_for(wakeup.mutex, kCoalesce, stops);
}

Result<size_t> Sweeper::sweep() {
  size_t ended = 0;
  for (Batch batch{0, true}; batch.more; ended += batch.ended) {
    ASSIGN_OR_RETURN(batch, sweep_batch());
  }
  return ended;
}

Result<Sweeper::Batch> Sweeper::sweep_batch() {
  ASSIGN_OR_RETURN(const auto rows, expiration_.ended(barrier::Reader(barrier_), clock_.now(), kBatch));
  Batch batch{0, rows.size() == static_cast<size_t>(kBatch)};
  if (rows.empty()) return batch;
  const auto is_over = [now = clock_.now()](const Lease& lease) { return lease.expire_time != base::kZeroTime && lease.expire_time <= now; };
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
Result<bool> Sweeper::is_due(const Lease& lease) const {
  if (!lease.revoke_error.empty()) return false;
  if (lease.expire_time != base::kZeroTime && lease.expire_time <= clock_.now()) return true;
  if (!lease.auth.is_object()) return false;
  const barrier::Reader all(barrier_);
  ASSIGN_OR_RETURN(const auto entry, tokens_.read(all, lease.client_token, TokenStore::Spent::included));
  return entry && entry->num_uses < 0;
}

Result<bool> Sweeper::handle(const storage::IndexRow& row) {
  const auto& root = logical::root_namespace();
  const std::string id(lease_id_of_storage_key(row.key));
  const auto found = expiration_.get(barrier::Reader(barrier_), root, id);
  const bool damaged = !found.ok() && found.error().code() == base::Code::corrupt;
  if (damaged) base::log_error("expiration", "a lease cannot be read", {{"lease_id", id}, {"error", found.error().message()}});
  if (id.empty() || damaged) {  // of a namespace, which this release can't serve
    TRY(remove_row(row, clock_.now() + kRetryOfUnreadable));
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

Status Sweeper::remove_row(const storage::IndexRow& row, std::optional<Time> again) {
  return transact([&](barrier::Transaction& all) -> Status {
    all.index_remove(kLeaseExpiryTable, row.sort_key, row.key);
    if (again) all.index_put(kLeaseExpiryTable, expiry_sort_key(*again), row.key);
    return {};
  });
}

// An engine that refuses is asked again later; after several times in a row, or when it isn't here or can't do it at all, the lease
// stays and says why, until somebody asks for it anew or forces it.
Status Sweeper::put_off(const storage::IndexRow& row, Lease lease, const base::Error& error) {
  if (is_ours(error)) return error;
  const int attempts = std::min(count_failure(lease.id), kAttemptsMax);
  base::log_error("expiration", "failed to revoke lease",
                  {{"lease_id", lease.id}, {"error", error.message()}, {"attempts", std::to_string(attempts)}});
  // Ending a token asks no engine: what fails is storage, and that is worth trying for ever.
  const bool gives_up = lease.secret.is_object() && (attempts == kAttemptsMax || error.code() == base::Code::unsupported);
  if (!gives_up) return remove_row(row, clock_.now() + kFirstRetry * (1 << (attempts - 1)));
  return mark_irrevocable(row, std::move(lease), attempts == kAttemptsMax ? error.within("out of retries") : error);
}

Status Sweeper::mark_irrevocable(const storage::IndexRow& row, Lease lease, const base::Error& error) {
  lease.revoke_error = error.message().substr(0, kReasonBytesMax);
  forget_failures(lease.id);
  return transact([&](barrier::Transaction& all) -> Status {
    all.index_remove(kLeaseExpiryTable, row.sort_key, row.key);
    return expiration_.put(all, logical::root_namespace(), lease, std::nullopt);
  });
}

int Sweeper::count_failure(const std::string& id) {
  const base::MutexLock lock(failures_mutex_);
  const auto known = attempts_.find(id);
  if (known != attempts_.end()) return ++known->second;
  if (attempts_.size() < kFailuresMax) attempts_[id] = 1;
  return 1;
}

void Sweeper::forget_failures(const std::string& id) {
  const base::MutexLock lock(failures_mutex_);
  attempts_.erase(id);
}

Status Sweeper::end_or_drop(const logical::Namespace& ns, const std::string& id, bool force) {
  ASSIGN_OR_RETURN(const auto lease, expiration_.get(barrier::Reader(barrier_), ns, id));
  if (!lease) return {};
  if (const Status ended = leases_.end(ns, *lease); !ended.ok()) {
    if (is_ours(ended.error())) return ended.error();
    if (!force) return base::invalid("failed to revoke entry: " + ended.error().message());
    base::log_warn("expiration", "revocation failed, forced", {{"lease_id", id}, {"error", ended.error().message()}});
    TRY(leases_.drop(ns, *lease));
  }
  forget_failures(id);
  return {};
}

Status Sweeper::revoke_lease(const logical::Namespace& ns, std::string_view lease_id) {
  return end_or_drop(ns, std::string(lease_id), false);
}

Status Sweeper::revoke_prefix(const logical::Namespace& ns, std::string_view prefix, bool force) {
  std::string below(prefix);
  if (!below.ends_with('/')) {
    ASSIGN_OR_RETURN(const auto exact, expiration_.get(barrier::Reader(barrier_), ns, below));
    if (exact) return end_or_drop(ns, below, force);
    below += '/';
  }
  while (true) {
    ASSIGN_OR_RETURN(const auto ids, expiration_.below(barrier::Reader(barrier_), ns, below, "", kBatch));
    if (ids.empty()) return {};
    ASSIGN_OR_RETURN(const auto left, leases_.end_together(ns, ids, [](const Lease&) { return true; }));
    for (const std::string& id : left) {
      const Status ended = end_or_drop(ns, id, force);
      if (!ended.ok()) return ended.error().within("failed to revoke \"" + id + "\"");
    }
  }
}

Result<bool> Sweeper::has_token(const Lease& lease) const {
  const barrier::Reader all(barrier_);
  ASSIGN_OR_RETURN(const auto entry, tokens_.read(all, lease.client_token, TokenStore::Spent::included));
  return entry.has_value();
}

Status Sweeper::tidy() {
  const auto& root = logical::root_namespace();
  std::string after;
  while (true) {
    ASSIGN_OR_RETURN(const auto ids, expiration_.below(barrier::Reader(barrier_), root, "", after, kBatch));
    for (const std::string& id : ids) {
      ASSIGN_OR_RETURN(const auto lease, expiration_.get(barrier::Reader(barrier_), root, id));
      if (!lease) continue;
      ASSIGN_OR_RETURN(const bool held, has_token(*lease));
      if (!held) TRY(end_or_drop(root, id, true));
    }
    if (ids.size() < static_cast<size_t>(kBatch)) return {};
    after = ids.back();
  }
}

}  // namespace

std::unique_ptr<Revoker> make_revoker(Core::Parts& parts) { return std::make_unique<Sweeper>(parts); }

}  // namespace bao::core
