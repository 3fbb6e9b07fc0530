#include "internal/engines/pki/tidy_run.h"

#include "internal/base/time_format.h"

namespace bao::engines::pki {
namespace {

using codec::Json;

// Under the names that answers have for them.
struct Count {
  const char* name;
  int64_t TidyRun::*value;
};
constexpr Count kCounts[] = {{"cert_store_deleted_count", &TidyRun::certificates_deleted},
                             {"revoked_cert_deleted_count", &TidyRun::revoked_deleted},
                             {"missing_issuer_cert_count", &TidyRun::missing_issuers},
                             {"acme_account_deleted_count", &TidyRun::accounts_deleted},
                             {"acme_account_revoked_count", &TidyRun::accounts_revoked},
                             {"acme_orders_deleted_count", &TidyRun::orders_deleted},
                             {"total_acme_account_count", &TidyRun::accounts}};

constexpr char kStarted[] = "started", kPhase[] = "phase", kAfter[] = "after", kLookedAt[] = "looked_at", kCancelling[] = "cancelling",
               kListsChanged[] = "lists_changed", kConfig[] = "config";

// As the reference words it; "" where it says nothing.
std::string message(TidyPhase phase, int64_t looked_at, int64_t page_size) {
  const std::string number = std::to_string(looked_at), size = std::to_string(page_size);
  switch (phase) {
    case TidyPhase::certificates:
      return "Tidying certificate store: checking entry 0 of " + size + " on current page; total certs checked: " + number;
    case TidyPhase::revoked:
      return "Tidying revoked certificates: checking certificate 0 of " + size + " on current page; total revoked certs checked: " + number;
    case TidyPhase::accounts:
      return "Tidying Acme: checking entry 0 of " + size + " on current page; total thumbprints checked: " + number;
    case TidyPhase::external_keys:
      return "Tidying Acme EAB Id's: checking entry 0 of " + size + " on current page; total EAB Id's checked: " + number;
    default: return "";
  }
}

}  // namespace

Json TidyRun::shown() const {
  Json shown = config.shown_run();
  shown.set("tidy_invalid_certs", false);  // the reference shows it so whatever the run was told
  const std::string text = message(phase, looked_at, config.page_size);
  shown.set("message", text.empty() ? Json() : Json(text));
  shown.set("time_started", base::format_rfc3339(started));
  for (const Count& count : kCounts) shown.set(count.name, this->*count.value);
  return shown;
}

base::Result<std::optional<TidyRun>> read_tidy_run(const storage::ReadView& view) {
  ASSIGN_OR_RETURN(const auto bytes, view.get(kTidyRun));
  if (!bytes) return std::optional<TidyRun>();
  const auto stored = codec::parse_json(*bytes);
  if (!stored.ok()) return base::corrupt(std::string(kTidyRun) + " is no JSON");
  TidyRun run;
  ASSIGN_OR_RETURN(run.config, TidyConfig::parse((*stored)[kConfig]));
  ASSIGN_OR_RETURN(run.started, base::parse_rfc3339((*stored)[kStarted].as_string()));
  ASSIGN_OR_RETURN(const int64_t phase, (*stored)[kPhase].as_int());
  if (phase < 0 || phase > static_cast<int64_t>(TidyPhase::done)) return base::corrupt(std::string(kTidyRun) + " is in no phase");
  run.phase = static_cast<TidyPhase>(phase);
  run.after = (*stored)[kAfter].as_string();
  ASSIGN_OR_RETURN(run.looked_at, (*stored)[kLookedAt].as_int());
  run.cancelling = (*stored)[kCancelling].as_bool();
  run.lists_changed = (*stored)[kListsChanged].as_bool();
  for (const Count& count : kCounts) {
    ASSIGN_OR_RETURN(run.*count.value, (*stored)[count.name].as_int());
  }
  return std::optional(std::move(run));
}

base::Status put_tidy_run(storage::WriteView& view, const TidyRun& run) {
  Json record = Json::record({{kConfig, run.config.stored()},
                              {kStarted, base::format_rfc3339(run.started)},
                              {kPhase, static_cast<int64_t>(run.phase)},
                              {kAfter, run.after},
                              {kLookedAt, run.looked_at},
                              {kCancelling, run.cancelling},
                              {kListsChanged, run.lists_changed}});
  for (const Count& count : kCounts) record.set(count.name, run.*count.value);
  return view.put(kTidyRun, codec::write_json(record) + "\n");
}

}  // namespace bao::engines::pki
