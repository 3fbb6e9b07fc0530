// Tidying: what expired long enough ago is removed, a page at a time, on the active node. One run at a time, which is in storage while it
// goes on (tidy_run.h); how the last one of this node ended is in memory. Thread-safe: handlers start, cancel and look; one thread works.
#pragma once

#include <atomic>
#include <optional>
#include <string>

#include "internal/base/mutex.h"
#include "internal/base/time_format.h"
#include "internal/engines/pki/revoker.h"
#include "internal/engines/pki/stored_counts.h"
#include "internal/engines/pki/tidy_config.h"
#include "internal/engines/pki/tidy_run.h"
#include "internal/logical/backend.h"

namespace bao::engines::pki {

class Tidy {
 public:
  // `uuid` is shown in the status.
  Tidy(const RevokerSource& revokers, std::string uuid) : revokers_(revokers), uuid_(std::move(uuid)), counts_(uuid_) {}

  // False while one runs.
  base::Result<bool> start(storage::WriteView& view, const TidyConfig& config, base::Time now) const;
  // False when none runs. It ends with its next page.
  base::Result<bool> cancel(storage::WriteView& view) const;
  base::Result<logical::Response> status(const storage::ReadView& view) const EXCLUDES(mutex_);
  // The next page, if one is due, and once a minute: revocation lists that are due, and whether it is time for a run. The
  // backend's `work`.
  base::Status work(base::Time now, const logical::Backend::Transact& transact) EXCLUDES(mutex_);
  // When this node becomes active: another may have left a run behind.
  void look() { pending_ = true; }
  // The backend's `invalidate`.
  void invalidate(std::string_view key);

 private:
  enum class End : uint8_t { finished, error, cancelled };
  struct Ended {
    TidyRun run;
    End end{};
    std::string error;  // of `error`
    base::Time at{};
  };

  base::Status routine(base::Time now, const logical::Backend::Transact& transact) EXCLUDES(mutex_);
  base::Status page(base::Time now, const logical::Backend::Transact& transact) EXCLUDES(mutex_);
  void end(TidyRun run, End how, base::Time now, std::string error = "") EXCLUDES(mutex_);
  // When the last run began or ended well, that is known of.
  base::Time last_run(const std::optional<TidyRun>& running) const REQUIRES(mutex_);

  const RevokerSource& revokers_;
  const std::string uuid_;
  StoredCounts counts_;
  std::atomic<bool> pending_{true};     // a run may be in storage
  mutable base::Mutex mutex_{base::Rank::engine};
  std::optional<Ended> ended_ GUARDED_BY(mutex_);
  base::Time began_ GUARDED_BY(mutex_) = base::kZeroTime;  // when this node began to work, which automatic runs count from
  base::Time succeeded_ GUARDED_BY(mutex_) = base::kZeroTime;
  base::Time next_routine_{}, next_page_{};                // the working thread's
};

// tidy, tidy-cancel, tidy-status, config/auto-tidy.
std::vector<logical::Path> tidy_paths(Tidy& tidy);

}  // namespace bao::engines::pki
