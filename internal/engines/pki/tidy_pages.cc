#include "internal/engines/pki/tidy_pages.h"

#include <algorithm>

#include "internal/crypto/x509/certificate.h"
#include "internal/engines/pki/acme/tidying.h"
#include "internal/engines/pki/crl_build.h"
#include "internal/engines/pki/crl_config.h"
#include "internal/engines/pki/expired_issuers.h"
#include "internal/engines/pki/layout.h"
#include "internal/engines/pki/legacy_bundle.h"
#include "internal/engines/pki/revoked_entry.h"

namespace bao::engines::pki {
namespace {

namespace x509 = crypto::x509;
using storage::WriteView;

constexpr int64_t kPageMax = 5000;  // what fits a transaction, whatever the configuration says
constexpr int64_t kPageUsual = 1000;

int64_t page_size(const TidyRun& run) { return run.config.page_size <= 0 ? kPageUsual : std::min(run.config.page_size, kPageMax); }

// Removed when its end lies so far back. In whole seconds: the year 9999 is too far for base::Time.
bool is_over(const x509::Certificate& certificate, base::Duration buffer, base::Time now) {
  return certificate.not_after < std::chrono::floor<std::chrono::seconds>(now - buffer);
}

struct Context {
  const RevokerSource& revokers;
  base::Time now;
};

// Calls `see` for every entry of the next page below `folder`. True when it was the last page.
template <typename See>
base::Result<bool> for_each_entry(WriteView& view, TidyRun& run, const char* folder, See see) {
  const int64_t size = page_size(run);
  ASSIGN_OR_RETURN(const auto names, view.list(folder, run.after, size));
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(const auto bytes, view.get(folder + name));
    if (bytes) TRY(see(name, *bytes));
  }
  run.looked_at += static_cast<int64_t>(names.size());
  if (!names.empty()) run.after = names.back();
  return static_cast<int64_t>(names.size()) < size;
}

base::Status remove_certificate(WriteView& view, TidyRun& run, const std::string& name) {
  ++run.certificates_deleted;
  return view.remove(layout::kCertificates + name);
}

// A revoked one goes by the buffer of those, and its entry with it where those are tidied too.
base::Status tidy_certificate(WriteView& view, TidyRun& run, const std::string& name, const x509::Certificate& certificate, base::Time now) {
  const TidyConfig& config = run.config;
  if (!is_over(certificate, std::min(config.safety_buffer, config.revoked_buffer()), now)) return {};
  ASSIGN_OR_RETURN(const auto revoked, view.get(layout::kRevoked + name));
  if (!is_over(certificate, revoked ? config.revoked_buffer() : config.safety_buffer, now)) return {};
  TRY(remove_certificate(view, run, name));
  if (!revoked || !config.revoked_certs) return {};
  TRY(view.remove(layout::kRevoked + name));
  ++run.revoked_deleted;
  run.lists_changed = true;
  return {};
}

base::Result<bool> tidy_certificates(WriteView& view, TidyRun& run, const Context& context) {
  return for_each_entry(view, run, layout::kCertificates, [&](const std::string& name, const std::string& der) -> base::Status {
    if (der.empty()) return remove_certificate(view, run, name);
    const auto certificate = x509::parse_certificate(der);
    if (!certificate.ok()) return run.config.invalid_certs ? remove_certificate(view, run, name) : base::Status();
    return run.config.cert_store ? tidy_certificate(view, run, name, *certificate, context.now) : base::Status();
  });
}

base::Status remove_revoked(WriteView& view, TidyRun& run, const std::string& name) {
  ++run.revoked_deleted;
  return view.remove(layout::kRevoked + name);
}

base::Status tidy_revoked_entry(WriteView& view, TidyRun& run, const std::string& name, RevokedEntry entry,
                                const std::vector<Revoker>& revokers, base::Time now) {
  const auto certificate = x509::parse_certificate(entry.certificate);
  if (!certificate.ok()) return run.config.invalid_certs ? remove_revoked(view, run, name) : base::Status();
  const bool names_nobody = run.config.issuer_associations && !find_revoker(revokers, entry.issuer_id);
  if (names_nobody) ++run.missing_issuers;  // also those that are repaired
  if (run.config.revoked_certs && is_over(*certificate, run.config.revoked_buffer(), now)) {
    TRY(remove_revoked(view, run, name));
    run.lists_changed = true;
    return view.remove(layout::kCertificates + name);
  }
  if (!names_nobody) return {};
  entry.issuer_id = issuer_of(revokers, *certificate);
  return put_revoked(view, name, entry);
}

base::Result<bool> tidy_revoked(WriteView& view, TidyRun& run, const Context& context) {
  ASSIGN_OR_RETURN(const RevokerList all, context.revokers.all(view));
  return for_each_entry(view, run, layout::kRevoked, [&](const std::string& name, const std::string& bytes) -> base::Status {
    if (bytes.empty()) return remove_revoked(view, run, name);
    ASSIGN_OR_RETURN(RevokedEntry entry, parse_revoked(bytes));
    return tidy_revoked_entry(view, run, name, std::move(entry), *all, context.now);
  });
}

// What expired is no reason to hurry: lists that are built by themselves lose it when they are.
base::Result<bool> rebuild_lists_of(WriteView& view, TidyRun&, const Context& context) {
  ASSIGN_OR_RETURN(const CrlConfig config, read_crl_config(view));
  if (config.auto_rebuild) return true;
  ASSIGN_OR_RETURN(const RevokerList all, context.revokers.all(view));
  TRY(rebuild_crls(view, *all, context.now));
  return true;
}

base::Result<bool> tidy_issuers(WriteView& view, TidyRun& run, const Context& context) {
  TRY(remove_expired_issuers(view, run.config.issuer_safety_buffer, context.now));
  return true;
}

base::Result<bool> tidy_legacy_bundle(WriteView& view, TidyRun& run, const Context& context) {
  TRY(move_legacy_bundle(view, run.config.issuer_safety_buffer, context.now));
  return true;
}

template <auto tidy>
base::Result<bool> tidy_acme(WriteView& view, TidyRun& run, const Context& context) {
  const acme::TidyRules rules{run.config.safety_buffer, run.config.acme_account_safety_buffer};
  ASSIGN_OR_RETURN(const acme::TidyPage page, tidy(view, run.after, page_size(run), rules, context.now));
  run.after = page.last;
  run.looked_at += page.accounts;
  run.accounts += page.accounts;
  run.accounts_deleted += page.accounts_deleted;
  run.accounts_revoked += page.accounts_revoked;
  run.orders_deleted += page.orders_deleted;
  return page.is_last;
}

struct Phase {
  bool (*is_wanted)(const TidyRun& run);
  base::Result<bool> (*page)(WriteView& view, TidyRun& run, const Context& context);  // true: through with this phase
};
// By TidyPhase.
constexpr Phase kPhases[] = {
    {[](const TidyRun& run) { return run.config.cert_store || run.config.invalid_certs; }, tidy_certificates},
    {[](const TidyRun& run) { return run.config.revoked_certs || run.config.issuer_associations || run.config.invalid_certs; }, tidy_revoked},
    {[](const TidyRun& run) { return run.lists_changed; }, rebuild_lists_of},
    {[](const TidyRun& run) { return run.config.expired_issuers; }, tidy_issuers},
    {[](const TidyRun& run) { return run.config.legacy_bundle; }, tidy_legacy_bundle},
    {[](const TidyRun& run) { return run.config.acme; }, tidy_acme<acme::tidy_accounts>},
    {[](const TidyRun& run) { return run.config.acme; }, tidy_acme<acme::tidy_external_keys>}};

}  // namespace

base::Status tidy_page(WriteView& view, TidyRun& run, const RevokerSource& revokers, base::Time now) {
  const auto to_next = [&run] {
    run.phase = static_cast<TidyPhase>(static_cast<int>(run.phase) + 1);
    run.after.clear();
    run.looked_at = 0;
  };
  const auto is_wanted = [&run] { return kPhases[static_cast<size_t>(run.phase)].is_wanted(run); };
  while (run.phase != TidyPhase::done && !is_wanted()) to_next();
  if (run.phase == TidyPhase::done) return {};
  ASSIGN_OR_RETURN(const bool is_through, kPhases[static_cast<size_t>(run.phase)].page(view, run, {revokers, now}));
  if (is_through) to_next();
  while (run.phase != TidyPhase::done && !is_wanted()) to_next();
  return {};
}

}  // namespace bao::engines::pki
