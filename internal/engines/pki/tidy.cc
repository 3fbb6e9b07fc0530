#include "internal/engines/pki/tidy.h"

#include <algorithm>

#include "internal/base/log.h"
#include "internal/base/metrics.h"
#include "internal/base/time_format.h"
#include "internal/engines/pki/crl_build.h"
#include "internal/engines/pki/tidy_pages.h"

namespace bao::engines::pki {
namespace {

using base::MutexLock;
using codec::Json;
using logical::Backend;
using logical::Response;
using storage::ReadView;
using storage::WriteView;

constexpr std::chrono::seconds kBetweenRoutines{60};
constexpr const char* kEnds[] = {"Finished", "Error", "Cancelled"};  // by End

void count_outcome(const TidyRun& run, bool is_finished) {
  static base::Counter& succeeded = base::counter("secrets.pki.tidy.success");
  static base::Counter& failed = base::counter("secrets.pki.tidy.failure");
  static base::Counter& certificates = base::counter("secrets.pki.tidy.cert_store_deleted_count");
  static base::Counter& revoked = base::counter("secrets.pki.tidy.revoked_cert_deleted_count");
  (is_finished ? succeeded : failed).add();  // a cancelled one has failed, as in the reference
  certificates.add(run.certificates_deleted);
  revoked.add(run.revoked_deleted);
}

// What is shown where there never was a run.
Json no_run() {
  Json shown = TidyRun().shown();
  for (auto& [name, value] : shown.members()) value = Json();
  return shown;
}

}  // namespace

base::Result<bool> Tidy::start(WriteView& view, const TidyConfig& config, base::Time now) const {
  ASSIGN_OR_RETURN(const auto running, view.get(kTidyRun));
  if (running) return false;
  TidyRun run;
  run.config = config;
  run.started = now;
  TRY(put_tidy_run(view, run));
  return true;
}

base::Result<bool> Tidy::cancel(WriteView& view) const {
  ASSIGN_OR_RETURN(auto running, read_tidy_run(view));
  if (!running) return false;
  running->cancelling = true;
  TRY(put_tidy_run(view, *running));
  return true;
}

void Tidy::invalidate(std::string_view key) {
  if (key.empty() || key == kTidyRun) look();
  counts_.invalidate(key);
}

base::Status Tidy::work(base::Time now, const Backend::Transact& transact) {
  if (now >= next_routine_) {
    next_routine_ = now + kBetweenRoutines;
    {
      const MutexLock lock(mutex_);
      if (began_ == base::kZeroTime) began_ = now;
    }
    TRY(routine(now, transact));
  }
  TRY(counts_.work(transact));
  if (now < next_page_ || !pending_.exchange(false)) return {};
  const base::Status done = page(now, transact);
  if (!done.ok()) look();  // whoever is active then
  return done;
}

base::Status Tidy::routine(base::Time now, const Backend::Transact& transact) {
  return transact([&](WriteView& view) -> base::Status {
    ASSIGN_OR_RETURN(const TidyConfig config, read_auto_tidy(view));
    TRY(rebuild_due_crls(view, revokers_, now));
    if (!config.enabled || config.interval <= base::Duration(0)) return {};
    ASSIGN_OR_RETURN(const auto running, read_tidy_run(view));
    {
      const MutexLock lock(mutex_);
      if (now - last_run(running) < config.interval) return {};
    }
    ASSIGN_OR_RETURN([[maybe_unused]] const bool is_begun, start(view, config, now));
    return {};
  });
}

base::Status Tidy::page(base::Time now, const Backend::Transact& transact) {
  std::optional<TidyRun> run;
  const base::Status done = transact([&](WriteView& view) -> base::Status {
    ASSIGN_OR_RETURN(run, read_tidy_run(view));
    if (!run) return {};
    if (run->cancelling) return view.remove(kTidyRun);
    TRY(tidy_page(view, *run, revokers_, now));
    return run->phase == TidyPhase::done ? view.remove(kTidyRun) : put_tidy_run(view, *run);
  });
  if (!done.ok()) {
    TRY(transact([](WriteView& view) { return view.remove(kTidyRun); }));  // fails where this node leads no more: the run goes on elsewhere
    if (run) end(std::move(*run), End::error, now, done.error().message());
    return {};
  }
  if (!run) return {};
  next_page_ = now + run->config.pause;
  if (run->cancelling) end(std::move(*run), End::cancelled, now);
  else if (run->phase == TidyPhase::done) end(std::move(*run), End::finished, now);
  return {};
}

void Tidy::end(TidyRun run, End how, base::Time now, std::string error) {
  count_outcome(run, how == End::finished);
  if (how == End::error) base::log_error("pki", "tidying failed", {{"mount", uuid_}, {"error", error}});
  const MutexLock lock(mutex_);
  if (how == End::finished) succeeded_ = now;
  ended_ = Ended{std::move(run), how, std::move(error), now};
}

base::Time Tidy::last_run(const std::optional<TidyRun>& running) const {
  base::Time last = std::max(began_, succeeded_);
  if (ended_) last = std::max(last, ended_->run.started);
  if (running) last = std::max(last, running->started);
  return last;
}

base::Result<Response> Tidy::status(const ReadView& view) const {
  ASSIGN_OR_RETURN(const auto running, read_tidy_run(view));
  ASSIGN_OR_RETURN(const TidyConfig automatic, read_auto_tidy(view));
  const MutexLock lock(mutex_);
  Json status = running ? running->shown() : ended_ ? ended_->run.shown() : no_run();
  status.set("state", running ? (running->cancelling ? "Cancelling" : "Running") : ended_ ? kEnds[static_cast<size_t>(ended_->end)] : "Inactive");
  status.set("error", running || !ended_ || ended_->error.empty() ? Json() : Json(ended_->error));
  status.set("time_finished", running || !ended_ ? Json() : Json(base::format_rfc3339(ended_->at)));
  if (running || ended_) status.set("last_auto_tidy_finished", base::format_rfc3339(last_run(running)));
  Response response;
  counts_.show(automatic, status, response.warnings);
  status.set("internal_backend_uuid", uuid_);
  response.data = std::move(status);
  return response;
}

}  // namespace bao::engines::pki
