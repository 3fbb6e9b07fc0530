// Tidying: what expired long enough ago is removed, a page at a time, on the active node. One run at a time; its state is in memory
// and a run that another node's takeover ends is begun again by whoever asks, or by its time. Thread-safe: handlers start, cancel and look;
// one thread works.
#pragma once

#include <optional>
#include <string>

#include "internal/base/mutex.h"
#include "internal/engines/pki/acme/tidying.h"
#include "internal/engines/pki/revoker.h"
#include "internal/engines/pki/tidy_config.h"
#include "internal/logical/backend.h"

namespace bao::engines::pki {

class Tidy {
 public:
  // `uuid` is shown in the status.
  Tidy(const RevokerSource& revokers, std::string uuid) : revokers_(revokers), uuid_(std::move(uuid)) {}

  // False while one runs.
  bool start(const TidyConfig& config, base::Time now) EXCLUDES(mutex_);
  // False when none runs. It ends with its next page.
  bool cancel() EXCLUDES(mutex_);
  codec::Json status() const EXCLUDES(mutex_);
  // The next page, if one is due, and once a minute: revocation lists that are due, and whether it is time for a run. The
  // backend's `work`.
  base::Status work(base::Time now, const logical::Backend::Transact& transact) EXCLUDES(mutex_);

 private:
  enum class State : uint8_t { inactive, running, finished, error, cancelling, cancelled };
  enum class Phase : uint8_t { certificates, revoked, lists, accounts, external_keys, done };
  struct Run {
    TidyConfig config;
    State state = State::inactive;
    Phase phase = Phase::certificates;
    std::string after;          // the last entry that was looked at
    base::Time started{}, finished{}, next_page{};
    std::string error;
    int64_t certificates_deleted = 0, revoked_deleted = 0, missing_issuers = 0;
    int64_t accounts = 0, accounts_deleted = 0, accounts_revoked = 0, orders_deleted = 0;
    bool lists_changed = false;
  };
  // What one page did; counted once its transaction is committed.
  struct Page {
    std::string last;
    bool is_last = false;
    int64_t deleted = 0, missing_issuers = 0;
    bool lists_changed = false;
    acme::TidyPage of_acme{};
  };

  base::Status routine(base::Time now, const logical::Backend::Transact& transact) EXCLUDES(mutex_);
  base::Status next_page(const Run& run, base::Time now, const logical::Backend::Transact& transact) EXCLUDES(mutex_);
  base::Result<Page> tidy_certificates(storage::WriteView& view, const Run& run, base::Time now) const;
  base::Result<Page> tidy_revoked(storage::WriteView& view, const Run& run, base::Time now) const;
  base::Result<Page> tidy_acme(storage::WriteView& view, const Run& run, base::Time now) const;
  void count(const Page& page, base::Time now) EXCLUDES(mutex_);
  void finish(State state, base::Time now, std::string error) REQUIRES(mutex_);

  const RevokerSource& revokers_;
  const std::string uuid_;
  mutable base::Mutex mutex_{base::Rank::engine};
  Run run_ GUARDED_BY(mutex_);
  std::optional<base::Time> last_finished_ GUARDED_BY(mutex_);
  base::Time next_routine_{};           // the working thread's
  std::optional<base::Time> began_;     // the same: when this node began to work, which automatic runs count from
};

// tidy, tidy-cancel, tidy-status, config/auto-tidy.
std::vector<logical::Path> tidy_paths(Tidy& tidy);

}  // namespace bao::engines::pki
