// How long issuers last, where the keys of roots are, and whether roots sign leaves themselves.
#include "internal/cli/health_check/check.h"

#include "internal/base/time_format.h"

namespace bao::cli::health {
namespace {

namespace x509 = crypto::x509;

std::string date_of(x509::Seconds at) {
  const auto days = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(days);
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()));
  return text;
}

x509::Seconds seconds_of(base::Time at) { return std::chrono::floor<std::chrono::seconds>(at); }

Finding lacking(const Mount& mount, const std::string& endpoint) {
  return mount.lacking(endpoint, "This token lacks permission for the endpoint for this mount. ",
                       "No token available so unable for the endpoint for this mount. ",
                       "Without this information, this health check is unable to function.");
}

}  // namespace

base::Result<Findings> check_ca_validity(const Parameters& parameters, Mount& mount) {
  struct Window {
    Status status;
    const char* name;
  };
  constexpr Window kWindows[] = {{Status::critical, "critical"}, {Status::warning, "warning"}, {Status::informational, "informational"}};
  ASSIGN_OR_RETURN(const Answer listed, mount.list("issuers"));
  if (listed.state == Answer::State::unsupported) return needs_version(mount.endpoint("issuers"), "1.11");
  ASSIGN_OR_RETURN(const auto issuers, mount.issuers());
  Findings findings;
  for (const IssuerOfMount& issuer : issuers) {
    const x509::Certificate& certificate = issuer.certificate;
    const std::string until = date_of(certificate.not_after);
    Finding finding{Status::ok, mount.endpoint("issuer/" + issuer.id), "Issuer's validity (" + until + ") is OK"};
    for (const Window& window : kWindows) {
      ASSIGN_OR_RETURN(const base::Duration ahead,
                       parameters.duration(std::string(issuer.is_root() ? "root" : "intermediate") + "_expiry_" + window.name));
      const x509::Seconds end = seconds_of(mount.now()) + std::chrono::floor<std::chrono::seconds>(ahead);
      if (certificate.not_after >= end) continue;
      finding.status = window.status;
      finding.message = "Issuer's validity is outside of the suggested rotation window: issuer is valid until " + until + " but expires within " +
                        long_duration(ahead) + " (ending on " + date_of(end) +
                        "). It is suggested to start rotating this issuer to new key material to avoid future downtime caused by this current "
                        "issuer expiring.";
      break;
    }
    findings.push_back(std::move(finding));
  }
  return findings;
}

base::Result<Findings> check_hardware_backed_root(const Parameters&, Mount& mount) {
  ASSIGN_OR_RETURN(const Answer listed, mount.list("issuers"));
  if (listed.state == Answer::State::unsupported) return needs_version(mount.endpoint("issuers"), "1.11");
  ASSIGN_OR_RETURN(const auto issuers, mount.issuers());
  Findings findings;
  for (const IssuerOfMount& issuer : issuers) {
    if (!issuer.is_root()) continue;
    const std::string path = "issuer/" + issuer.id;
    ASSIGN_OR_RETURN(const Answer entry, mount.read(path));
    if (entry.denied()) findings.push_back(lacking(mount, mount.endpoint(path)));
    const std::string key = entry.data["key_id"].as_string();
    if (key.empty()) continue;
    ASSIGN_OR_RETURN(const Answer held, mount.read("key/" + key));
    if (held.denied()) {
      findings.push_back(lacking(mount, mount.endpoint("key/" + key)));
      continue;
    }
    const std::string& managed = held.data["managed_key_id"].as_string();
    if (managed.empty()) {
      findings.push_back({Status::informational, mount.endpoint(path),
                          "Root issuer was created using Vault-backed software keys; for added safety of long-lived, important root CAs, you may "
                          "wish to consider using a HSM or KSM Managed Key to store key material for this issuer."});
    } else {
      findings.push_back({Status::ok, mount.endpoint(path), "Root issuer was backed by a HSM or KMS Managed Key: " + managed + "."});
    }
  }
  return findings;
}

base::Result<Findings> check_root_issued_leaves(const Parameters& parameters, Mount& mount) {
  ASSIGN_OR_RETURN(const int64_t leaves_max, parameters.certificates("certs_to_fetch"));
  ASSIGN_OR_RETURN(const Answer listed, mount.list("issuers"));
  if (listed.state == Answer::State::unsupported) return needs_version(mount.endpoint("issuers"), "1.11");
  ASSIGN_OR_RETURN(auto roots, mount.issuers());
  std::erase_if(roots, [](const IssuerOfMount& issuer) { return !issuer.is_root(); });
  const size_t root_count = roots.size();
  ASSIGN_OR_RETURN(const Answer serials, mount.list("certs"));
  if (serials.denied()) return Findings{lacking(mount, mount.endpoint("certs"))};

  Findings findings;
  int64_t leaves = 0;
  for (const std::string& serial : keys_of(serials)) {
    if (leaves == leaves_max || roots.empty()) break;
    ASSIGN_OR_RETURN(const auto leaf, mount.certificate("cert/" + serial));
    if (!leaf || (leaf->basic_constraints && leaf->basic_constraints->ca)) continue;
    ++leaves;
    // One leaf of each root is enough to say so.
    std::erase_if(roots, [&](const IssuerOfMount& root) {
      const bool signed_leaf = leaf->issuer_der == root.certificate.subject_der && x509::is_signed_by(*leaf, root.certificate.public_key);
      if (signed_leaf) {
        findings.push_back({Status::warning, mount.endpoint("issuer/" + root.id),
                            "Root issuer has directly issued non-CA leaf certificates (" + serial +
                                ") instead of via an intermediate CA. This can make rotating the root CA harder as direct cross-signing of the "
                                "roots must be used, rather than cross-signing of the intermediates. It is encouraged to set up and use an "
                                "intermediate CA and tidy the mount when all directly issued leaves have expired."});
      }
      return signed_leaf;
    });
  }
  if (findings.empty() && root_count > 0) {
    findings.push_back({Status::ok, mount.endpoint("certs"),
                        "Root certificate(s) in this mount have not directly issued non-CA leaf certificates."});
  }
  return findings;
}

base::Result<Findings> check_crl_validity(const Parameters& parameters, Mount& mount) {
  struct Kind {
    bool delta;
    const char* name;
    const char* limit;
  };
  constexpr Kind kKinds[] = {{false, "CRL", "crl_expiry_pct_critical"}, {true, "Delta CRL", "delta_crl_expiry_pct_critical"}};
  ASSIGN_OR_RETURN(const Answer listed, mount.list("issuers"));
  if (listed.state == Answer::State::unsupported) return needs_version(mount.endpoint("issuers"), "1.11");
  ASSIGN_OR_RETURN(const auto issuers, mount.issuers());
  ASSIGN_OR_RETURN(const Answer config, mount.read("config/crl"));
  Findings findings;
  if (config.denied()) {
    findings.push_back(mount.lacking(
        mount.endpoint("config/crl"), "This token lacks permission to read the CRL configuration for this mount. ",
        "No token available so unable read authenticated CRL configuration for this mount. ",
        "This prevents the health check from seeing if the CRL is disabled and dropping the severity of this check accordingly."));
  }
  const bool disabled = config.data["disable"].as_bool();
  for (const Kind& kind : kKinds) {
    ASSIGN_OR_RETURN(const int64_t percent, parameters.percentage(kind.limit));
    for (const IssuerOfMount& issuer : issuers) {
      ASSIGN_OR_RETURN(const auto list, mount.revocation_list(issuer.id, kind.delta));
      if (!list) continue;
      const x509::Seconds next = list->next_update.value_or(list->this_update);
      const x509::Seconds due = list->this_update + std::chrono::seconds((next - list->this_update).count() * percent / 100);
      const std::string from = date_of(list->this_update), to = date_of(next), name = kind.name;
      Finding finding{Status::ok, mount.endpoint("issuer/" + issuer.id + (kind.delta ? "/crl/delta" : "/crl")),
                      name + "'s validity (" + from + " to " + to + ") is OK."};
      if (seconds_of(mount.now()) >= due) {
        finding.status = disabled ? Status::informational : Status::critical;
        finding.message = name + "'s validity is outside of suggested rotation window: " + name + "'s next update is expected at " + to +
                          ", but expires within " + std::to_string(percent) + "% of validity window (starting on " + from + " and ending on " +
                          date_of(due) + "). It is suggested to rotate this " + name +
                          " and start propagating it to hosts to avoid any issues caused by stale CRLs.";
        if (disabled) finding.message += " Because the CRL is disabled, this is less of a concern.";
      }
      findings.push_back(std::move(finding));
    }
  }
  return findings;
}

}  // namespace bao::cli::health
