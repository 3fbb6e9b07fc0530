// One run of tidying: what it was told, how far it came and what it did. A value, stored as `tidy/run` as long as the run goes on, in the
// transactions of its pages: whichever node is active goes on where the last one stopped. The key is ours; OpenBao keeps a run in memory.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/engines/pki/tidy_config.h"
#include "internal/storage/view.h"

namespace bao::engines::pki {

inline constexpr char kTidyRun[] = "tidy/run";

// In their order.
enum class TidyPhase : uint8_t { certificates, revoked, lists, issuers, legacy_bundle, accounts, external_keys, done };

struct TidyRun {
  TidyConfig config{};
  base::Time started{};
  TidyPhase phase = TidyPhase::certificates;
  std::string after;       // the last entry of this phase that was looked at
  int64_t looked_at = 0;   // entries of this phase
  bool cancelling = false;  // ends with its next page
  bool lists_changed = false;
  int64_t certificates_deleted = 0, revoked_deleted = 0, missing_issuers = 0;
  int64_t accounts = 0, accounts_deleted = 0, accounts_revoked = 0, orders_deleted = 0;

  // What tidy-status shows of it; the members of a run that is over or going on alike.
  codec::Json shown() const;
};

// Absent: none goes on. Errors: corrupt.
base::Result<std::optional<TidyRun>> read_tidy_run(const storage::ReadView& view);
base::Status put_tidy_run(storage::WriteView& view, const TidyRun& run);

}  // namespace bao::engines::pki
