// Whether old certificates go: tidying by itself, the last time, and how many there are.
#include "internal/base/time_format.h"
#include "internal/cli/health_check/check.h"

namespace bao::cli::health {
namespace {

Finding lacking(const Mount& mount, const std::string& relative, const std::string& to_do, const std::string& unable, const std::string& why) {
  return mount.lacking(mount.endpoint(relative), "This token lacks permission to " + to_do, "No token available so unable " + unable,
                       " for this mount. " + why);
}

}  // namespace

base::Result<Findings> check_auto_tidy(const Parameters& parameters, Mount& mount) {
  const std::string relative = "config/auto-tidy", endpoint = mount.endpoint(relative);
  ASSIGN_OR_RETURN(const Answer config, mount.read(relative));
  if (config.state == Answer::State::unsupported) return needs_version(endpoint, "1.12");
  if (config.denied()) {
    return Findings{lacking(mount, relative, "read the auto-tidy configuration", "read authenticated auto-tidy configuration",
                            "This prevents the health check from functioning at all, as it cannot .")};
  }
  if (!config.data["enabled"].as_bool()) {
    return Findings{{Status::informational, endpoint,
                     "Auto-tidy is currently disabled; consider enabling auto-tidy to execute tidy operations periodically. This helps the health "
                     "and performance of a mount."}};
  }
  Findings findings;
  for (const std::string name : {"interval_duration", "pause_duration"}) {
    const auto set = base::parse_api_duration(config.data[name].text());
    if (!set.ok()) return set.error().within("error parsing API response from server for " + name);
    ASSIGN_OR_RETURN(const base::Duration critical, parameters.duration(name + "_critical"));
    ASSIGN_OR_RETURN(const base::Duration warning, parameters.duration(name + "_warning"));
    if (*set < warning && *set < critical) continue;
    findings.push_back({*set >= critical ? Status::critical : Status::warning, endpoint,
                        "Auto-tidy is configured with too long of a value for " + name + " (" + base::format_go_duration(*set) +
                            "); this could impact performance as tidies run too infrequently or take too long to execute."});
  }
  if (findings.empty()) findings.push_back({Status::ok, endpoint, "Auto-tidy is enabled and configured appropriately."});
  return findings;
}

base::Result<Findings> check_tidy_last_run(const Parameters& parameters, Mount& mount) {
  ASSIGN_OR_RETURN(const base::Duration critical, parameters.duration("last_run_critical"));
  ASSIGN_OR_RETURN(const base::Duration warning, parameters.duration("last_run_warning"));
  const std::string endpoint = mount.endpoint("tidy-status");
  ASSIGN_OR_RETURN(const Answer status, mount.read("tidy-status"));
  if (status.state == Answer::State::unsupported) return needs_version(endpoint, "1.10");
  if (status.denied()) {
    return Findings{lacking(mount, "tidy-status", "read the tidy status endpoint", "read tidy status endpoint",
                            "Without this information, this health check is unable to function.")};
  }
  if (!status.given()) return Findings();
  const std::string harm =
      "; this can point to problems with the mount's auto-tidy configuration or an external tidy executor; this can impact PKI's and OpenBao's "
      "performance if not run regularly.";
  if (status.data["time_finished"].is_null()) {
    return Findings{{Status::critical, endpoint,
                     "Tidy hasn't run since this mount was created" + harm + " It is suggested to enable auto-tidy on this mount."}};
  }
  const auto finished = base::parse_rfc3339(status.data["time_finished"].as_string());
  if (!finished.ok()) return finished.error().within("error parsing time value (" + status.data["time_finished"].text() + ")");
  const auto long_ago = [&](Status how, base::Duration limit) {
    return Findings{{how, endpoint, "Tidy hasn't run in the last " + base::format_go_duration(limit) + harm}};
  };
  if (*finished < mount.now() - critical) return long_ago(Status::critical, critical);
  if (*finished < mount.now() - warning) return long_ago(Status::warning, warning);
  return Findings{{Status::ok, endpoint, "Tidy has run recently on this mount."}};
}

base::Result<Findings> check_too_many_certificates(const Parameters& parameters, Mount& mount) {
  ASSIGN_OR_RETURN(const int64_t critical, parameters.count("count_critical"));
  ASSIGN_OR_RETURN(const int64_t warning, parameters.count("count_warning"));
  const std::string endpoint = mount.endpoint("certs");
  ASSIGN_OR_RETURN(const Answer listed, mount.list("certs"));
  if (listed.state == Answer::State::unsupported) return needs_version(endpoint, "1.11");
  if (listed.denied()) {
    return Findings{lacking(mount, "certs", "list the endpoint", "to list the endpoint",
                            "Without this information, this health check is unable to function.")};
  }
  const auto count = static_cast<int64_t>(listed.data["keys"].size());
  if (count < warning && count < critical) {
    return Findings{{Status::ok, endpoint, "This mount has an OK number of stored certificates."}};
  }
  return Findings{{count >= critical ? Status::critical : Status::warning, endpoint,
                   "This PKI mount has " + std::to_string(count) +
                       " outstanding stored certificates; consider using no_store=false on roles, running tidy operations periodically, and using "
                       "shorter certificate lifetimes to reduce the storage pressure on this mount."}};
}

}  // namespace bao::cli::health
