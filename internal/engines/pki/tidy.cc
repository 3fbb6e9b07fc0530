#include "internal/engines/pki/tidy.h"

#include "internal/base/log.h"
#include "internal/base/time_format.h"
#include "internal/crypto/x509/certificate.h"
#include "internal/engines/pki/crl_build.h"
#include "internal/engines/pki/revoked_entry.h"

namespace bao::engines::pki {
namespace {

namespace x509 = crypto::x509;
using base::MutexLock;
using codec::Json;
using logical::Backend;
using storage::WriteView;

constexpr std::chrono::seconds kBetweenRoutines{60};
constexpr int64_t kPageMax = 5000;  // what fits a transaction, whatever the configuration says

// Removed when its end lies so far back. In whole seconds: the year 9999 is too far for base::Time.
bool is_over(const x509::Certificate& certificate, base::Duration buffer, base::Time now) {
  return certificate.not_after < std::chrono::floor<std::chrono::seconds>(now - buffer);
}

std::string issuer_of(const std::vector<Revoker>& revokers, const x509::Certificate& certificate) {
  for (const Revoker& revoker : revokers) {
    if (revoker.issued(certificate)) return revoker.id;
  }
  return "";
}

}  // namespace

bool Tidy::start(const TidyConfig& config, base::Time now) {
  const MutexLock lock(mutex_);
  if (run_.state == State::running || run_.state == State::cancelling) return false;
  run_ = Run{};
  run_.config = config;
  run_.state = State::running;
  run_.started = run_.next_page = now;
  return true;
}

bool Tidy::cancel() {
  const MutexLock lock(mutex_);
  if (run_.state != State::running && run_.state != State::cancelling) return false;
  run_.state = State::cancelling;
  return true;
}

base::Status Tidy::work(base::Time now, const Backend::Transact& transact) {
  if (now >= next_routine_) {
    next_routine_ = now + kBetweenRoutines;
    if (!began_) began_ = now;
    TRY(routine(now, transact));
  }
  Run run;
  {
    const MutexLock lock(mutex_);
    if (run_.state == State::cancelling) finish(State::cancelled, now, "");
    if (run_.state != State::running || now < run_.next_page) return {};
    run = run_;
  }
  const base::Status done = next_page(run, now, transact);
  if (done.ok()) return {};
  const MutexLock lock(mutex_);
  finish(State::error, now, done.error().message());
  return done;
}

base::Status Tidy::routine(base::Time now, const Backend::Transact& transact) {
  TidyConfig config;
  TRY(transact([&](WriteView& view) -> base::Status {
    ASSIGN_OR_RETURN(config, read_auto_tidy(view));
    return rebuild_due_crls(view, revokers_, now);
  }));
  base::Time last = *began_;
  {
    const MutexLock lock(mutex_);
    if (last_finished_) last = std::max(last, *last_finished_);
  }
  if (config.enabled && config.interval > base::Duration(0) && now - last >= config.interval) start(config, now);
  return {};
}

base::Status Tidy::next_page(const Run& run, base::Time now, const Backend::Transact& transact) {
  const TidyConfig& config = run.config;
  Page page;
  page.is_last = true;
  const bool looks_at_revoked = config.revoked_certs || config.invalid_certs || config.issuer_associations;
  TRY(transact([&](WriteView& view) -> base::Status {
    if (run.phase == Phase::certificates && config.cert_store) {
      ASSIGN_OR_RETURN(page, tidy_certificates(view, run, now));
    } else if (run.phase == Phase::revoked && looks_at_revoked) {
      ASSIGN_OR_RETURN(page, tidy_revoked(view, run, now));
    } else if (run.phase == Phase::lists && run.lists_changed) {
      ASSIGN_OR_RETURN(const RevokerList all, revokers_.all(view));
      return rebuild_crls(view, *all, now);
    } else if (run.phase > Phase::lists && config.acme) {
      ASSIGN_OR_RETURN(page, tidy_acme(view, run, now));
    }
    return {};
  }));
  count(page, now);
  return {};
}

base::Result<Tidy::Page> Tidy::tidy_certificates(WriteView& view, const Run& run, base::Time now) const {
  const int64_t size = std::min(run.config.page_size, kPageMax);
  ASSIGN_OR_RETURN(const auto names, view.list("certs/", run.after, size));
  Page page;
  for (const std::string& name : names) {
    const std::string key = "certs/" + name;
    ASSIGN_OR_RETURN(const auto der, view.get(key));
    if (!der) continue;
    const auto certificate = x509::parse_certificate(*der);
    const bool removed = certificate.ok() ? is_over(*certificate, run.config.safety_buffer, now) : run.config.invalid_certs;
    if (!removed) continue;
    TRY(view.remove(key));
    ++page.deleted;
  }
  page.is_last = static_cast<int64_t>(names.size()) < size;
  if (!names.empty()) page.last = names.back();
  return page;
}

base::Result<Tidy::Page> Tidy::tidy_revoked(WriteView& view, const Run& run, base::Time now) const {
  const int64_t size = std::min(run.config.page_size, kPageMax);
  ASSIGN_OR_RETURN(const auto names, view.list("revoked/", run.after, size));
  ASSIGN_OR_RETURN(const RevokerList all, revokers_.all(view));
  Page page;
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(auto entry, read_revoked(view, name));
    if (!entry) continue;
    const auto certificate = x509::parse_certificate(entry->certificate);
    const bool removed = certificate.ok() ? run.config.revoked_certs && is_over(*certificate, run.config.revoked_buffer(), now) : run.config.invalid_certs;
    if (removed) {
      TRY(view.remove("revoked/" + name));
      if (certificate.ok()) TRY(view.remove("certs/" + name));
      ++page.deleted;
      page.lists_changed = true;
    } else if (certificate.ok() && !find_revoker(*all, entry->issuer_id)) {
      entry->issuer_id = run.config.issuer_associations ? issuer_of(*all, *certificate) : "";
      if (entry->issuer_id.empty()) {
        ++page.missing_issuers;
      } else {
        TRY(put_revoked(view, name, *entry));
        page.lists_changed = true;
      }
    }
  }
  page.is_last = static_cast<int64_t>(names.size()) < size;
  if (!names.empty()) page.last = names.back();
  return page;
}

base::Result<Tidy::Page> Tidy::tidy_acme(WriteView& view, const Run& run, base::Time now) const {
  const int64_t size = std::min(run.config.page_size, kPageMax);
  const acme::TidyRules rules{run.config.safety_buffer, run.config.acme_account_safety_buffer};
  const auto tidy = run.phase == Phase::accounts ? acme::tidy_accounts : acme::tidy_external_keys;
  Page page;
  ASSIGN_OR_RETURN(page.of_acme, tidy(view, run.after, size, rules, now));
  page.last = page.of_acme.last;
  page.is_last = page.of_acme.is_last;
  return page;
}

void Tidy::count(const Page& page, base::Time now) {
  const MutexLock lock(mutex_);
  (run_.phase == Phase::revoked ? run_.revoked_deleted : run_.certificates_deleted) += page.deleted;
  run_.missing_issuers += page.missing_issuers;
  run_.accounts += page.of_acme.accounts;
  run_.accounts_deleted += page.of_acme.accounts_deleted;
  run_.accounts_revoked += page.of_acme.accounts_revoked;
  run_.orders_deleted += page.of_acme.orders_deleted;
  run_.lists_changed = run_.lists_changed || page.lists_changed;
  run_.next_page = now + run_.config.pause;
  run_.after = page.is_last ? "" : page.last;
  if (!page.is_last) return;
  run_.phase = static_cast<Phase>(static_cast<int>(run_.phase) + 1);
  if (run_.phase == Phase::done) finish(State::finished, now, "");
}

void Tidy::finish(State state, base::Time now, std::string error) {
  run_.state = state;
  run_.finished = now;
  run_.error = std::move(error);
  last_finished_ = now;
}

Json Tidy::status() const {
  constexpr const char* kStates[] = {"Inactive", "Running", "Finished", "Error", "Cancelling", "Cancelled"};
  const MutexLock lock(mutex_);
  const bool ran = run_.state != State::inactive;
  const bool ended = ran && run_.state != State::running && run_.state != State::cancelling;
  const auto once_ran = [ran](Json value) { return ran ? std::move(value) : Json(); };
  Json status = run_.config.shown_run();
  if (!ran) {
    for (auto& [name, value] : status.members()) value = Json();
  }
  // The reference shows it so whatever the run was told.
  if (ran) status.set("tidy_invalid_certs", false);
  status.set("state", kStates[static_cast<size_t>(run_.state)]);
  status.set("error", run_.error.empty() ? Json() : Json(run_.error));
  status.set("message", Json());
  status.set("time_started", once_ran(base::format_rfc3339(run_.started)));
  status.set("time_finished", ended ? Json(base::format_rfc3339(run_.finished)) : Json());
  if (last_finished_) status.set("last_auto_tidy_finished", base::format_rfc3339(*last_finished_));
  status.set("cert_store_deleted_count", once_ran(run_.certificates_deleted));
  status.set("revoked_cert_deleted_count", once_ran(run_.revoked_deleted));
  status.set("missing_issuer_cert_count", once_ran(run_.missing_issuers));
  status.set("acme_account_deleted_count", once_ran(run_.accounts_deleted));
  status.set("acme_account_revoked_count", once_ran(run_.accounts_revoked));
  status.set("acme_orders_deleted_count", once_ran(run_.orders_deleted));
  status.set("total_acme_account_count", once_ran(run_.accounts));
  status.set("current_cert_store_count", Json());
  status.set("current_revoked_cert_count", Json());
  status.set("internal_backend_uuid", uuid_);
  return status;
}

}  // namespace bao::engines::pki
