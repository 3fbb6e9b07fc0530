// The thread: a bounded step of everything there is to do, and a rest, until the next lease is due. Between steps it rests, so that what
// ends by the hundred thousand at once leaves the machine to requests.
#include "internal/core/revoker.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

#include "internal/barrier/reign.h"
#include "internal/base/log.h"
#include "internal/base/mutex.h"
#include "internal/core/lease_census.h"
#include "internal/core/lease_index_rebuild.h"
#include "internal/core/lease_sweep.h"

namespace bao::core {
namespace {

using base::Duration;
using base::Result;
using base::Status;

constexpr int64_t kPage = 64;
constexpr Duration kSleepMax = std::chrono::minutes(1);
constexpr Duration kSleepAfterError = std::chrono::seconds(1);
constexpr Duration kCoalesce = std::chrono::milliseconds(50);
constexpr int kRestPerWork = 2;

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
        }),
        sweep_(barrier_, tokens_, expiration_, leases_) {
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
  void run();
  Result<bool> work(LeaseIndexRebuild& rebuild, LeaseCensus& census);
  Duration until_next() const;
  void pause(Duration at_most, bool for_changes);
  Result<bool> has_token(const Lease& lease) const;
  Status end_or_drop(const logical::Namespace& ns, const std::string& id, bool force);

  barrier::Barrier& barrier_;
  const TokenStore& tokens_;
  const Expiration& expiration_;
  const base::Clock& clock_;
  LeaseRevocation leases_;
  LeaseSweep sweep_;
  std::shared_ptr<Wakeup> wakeup_ = std::make_shared<Wakeup>();
  std::thread thread_;
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
  LeaseCensus census(barrier_, expiration_);
  while (!stopping()) {
    wakeup_->changed = false;
    const auto began = Steady::now();
    const auto more = work(rebuild, census);
    if (!more.ok()) base::log_warn("expiration", "sweep failed", {{"error", more.error().message()}});
    if (!more.ok()) pause(kSleepAfterError, false);
    else if (*more) pause(kRestPerWork * (Steady::now() - began), false);
    else pause(until_next(), true);
  }
  LeaseSweep::show_delay(Duration(0));  // another node ends them
}

// A bounded step of everything there is to do; whether there is more of it.
Result<bool> Sweeper::work(LeaseIndexRebuild& rebuild, LeaseCensus& census) {
  const Status rebuilt = rebuild.step();
  ASSIGN_OR_RETURN(const LeaseSweep::Batch batch, sweep_.batch());
  TRY(rebuilt);
  ASSIGN_OR_RETURN(const bool counting, census.step());
  return batch.more || counting || !rebuild.done();
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
  for (LeaseSweep::Batch batch{0, true}; batch.more; ended += batch.ended) {
    ASSIGN_OR_RETURN(batch, sweep_.batch());
  }
  return ended;
}

Status Sweeper::end_or_drop(const logical::Namespace& ns, const std::string& id, bool force) {
  ASSIGN_OR_RETURN(const auto lease, expiration_.get(barrier::Reader(barrier_), ns, id));
  if (!lease) return {};
  if (const Status ended = leases_.end(ns, *lease); !ended.ok()) {
    if (is_of_this_node(ended.error())) return ended.error();
    if (!force) return base::invalid("failed to revoke entry: " + ended.error().message());
    base::log_warn("expiration", "revocation failed, forced", {{"lease_id", id}, {"error", ended.error().message()}});
    TRY(leases_.drop(ns, *lease));
  }
  sweep_.forget_failures(id);
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
    ASSIGN_OR_RETURN(const auto ids, expiration_.below(barrier::Reader(barrier_), ns, below, "", kPage));
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
    ASSIGN_OR_RETURN(const auto ids, expiration_.below(barrier::Reader(barrier_), root, "", after, kPage));
    for (const std::string& id : ids) {
      ASSIGN_OR_RETURN(const auto lease, expiration_.get(barrier::Reader(barrier_), root, id));
      if (!lease) continue;
      ASSIGN_OR_RETURN(const bool held, has_token(*lease));
      if (!held) TRY(end_or_drop(root, id, true));
    }
    if (ids.size() < static_cast<size_t>(kPage)) return {};
    after = ids.back();
  }
}

}  // namespace

std::unique_ptr<Revoker> make_revoker(Core::Parts& parts) { return std::make_unique<Sweeper>(parts); }

}  // namespace bao::core
