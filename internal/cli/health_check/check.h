// The health checks of a PKI mount, in the order in which they run and are shown.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "internal/cli/health_check/finding.h"
#include "internal/cli/health_check/mount.h"
#include "internal/cli/health_check/parameters.h"

namespace bao::cli::health {

struct Check {
  std::string_view name;
  std::vector<Parameter> parameters;
  // Errors: what keeps it from judging at all.
  base::Result<Findings> (*run)(const Parameters& parameters, Mount& mount);
};
const std::vector<Check>& checks();
// The parameters of a check with their defaults, by name.
codec::Json defaults_of(const Check& check);

// Those that are enabled, with their parameters. `changes`: an object by name of check; `enabled`: whether checks run that it doesn't
// enable. Errors: invalid.
base::Result<std::vector<std::pair<const Check*, Parameters>>> choose_checks(const codec::Json& changes, bool enabled);

// The families, one a file.
base::Result<Findings> check_ca_validity(const Parameters&, Mount&);
base::Result<Findings> check_hardware_backed_root(const Parameters&, Mount&);
base::Result<Findings> check_root_issued_leaves(const Parameters&, Mount&);
base::Result<Findings> check_crl_validity(const Parameters&, Mount&);
base::Result<Findings> check_localhost(const Parameters&, Mount&);
base::Result<Findings> check_glob_wildcards(const Parameters&, Mount&);
base::Result<Findings> check_stored_certificates(const Parameters&, Mount&);
base::Result<Findings> check_audit_visibility(const Parameters&, Mount&);
base::Result<Findings> check_if_modified_since(const Parameters&, Mount&);
base::Result<Findings> check_auto_tidy(const Parameters&, Mount&);
base::Result<Findings> check_tidy_last_run(const Parameters&, Mount&);
base::Result<Findings> check_too_many_certificates(const Parameters&, Mount&);
base::Result<Findings> check_acme_issuance(const Parameters&, Mount&);
base::Result<Findings> check_acme_headers(const Parameters&, Mount&);

// What both checks of ACME say where the token may not read what they need.
Findings lacking_for_acme(const Mount& mount, const std::string& endpoint, const std::string& so);

// What is said where an older server has no such path.
inline Findings needs_version(const std::string& endpoint, const std::string& version) {
  return {{Status::invalid_version, endpoint,
           "This health check requires Vault " + version +
               "+ but an earlier version of Vault Server was contacted, preventing this health check from running."}};
}

}  // namespace bao::cli::health
