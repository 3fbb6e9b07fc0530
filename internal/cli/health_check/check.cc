#include "internal/cli/health_check/check.h"

namespace bao::cli::health {
namespace {

using codec::Json;

using enum ParameterKind;

}  // namespace

const std::vector<Check>& checks() {
  static const std::vector<Check> kChecks = {
      {"ca_validity_period",
       {{"root_expiry_critical", duration, "180d"},
        {"intermediate_expiry_critical", duration, "30d"},
        {"root_expiry_warning", duration, "365d"},
        {"intermediate_expiry_warning", duration, "60d"},
        {"root_expiry_informational", duration, "730d"},
        {"intermediate_expiry_informational", duration, "180d"}},
       check_ca_validity},
      {"crl_validity_period",
       {{"crl_expiry_pct_critical", percentage, "95"}, {"delta_crl_expiry_pct_critical", percentage, "95"}},
       check_crl_validity},
      {"hardware_backed_root", {{"enabled", on_or_off, false}}, check_hardware_backed_root},
      {"root_issued_leaves", {{"certs_to_fetch", certificates, 100}}, check_root_issued_leaves},
      {"role_allows_localhost", {}, check_localhost},
      {"role_allows_glob_wildcards", {}, check_glob_wildcards},
      {"role_no_store_false", {{"allowed_roles", texts, Json::array()}}, check_stored_certificates},
      {"audit_visibility", {{"ignored_parameters", texts, Json::array()}}, check_audit_visibility},
      {"allow_if_modified_since", {}, check_if_modified_since},
      {"enable_auto_tidy",
       {{"interval_duration_critical", duration, "7d"},
        {"interval_duration_warning", duration, "2d"},
        {"pause_duration_critical", duration, "1s"},
        {"pause_duration_warning", duration, "200ms"}},
       check_auto_tidy},
      {"tidy_last_run", {{"last_run_critical", duration, "7d"}, {"last_run_warning", duration, "2d"}}, check_tidy_last_run},
      {"too_many_certs", {{"count_critical", count, 250'000}, {"count_warning", count, 50'000}}, check_too_many_certificates},
      {"enable_acme_issuance", {}, check_acme_issuance},
      {"allow_acme_headers", {}, check_acme_headers}};
  return kChecks;
}

Json defaults_of(const Check& check) {
  Json defaults = Json::object();
  for (const Parameter& parameter : check.parameters) defaults.set(parameter.name, parameter.fallback);
  return defaults;
}

base::Result<std::vector<std::pair<const Check*, Parameters>>> choose_checks(const Json& changes, bool enabled) {
  std::vector<std::pair<const Check*, Parameters>> chosen;
  for (const Check& check : checks()) {
    ASSIGN_OR_RETURN(Parameters parameters, Parameters::merge(check.name, check.parameters, changes[check.name], enabled));
    ASSIGN_OR_RETURN(const bool runs, parameters.enabled());
    if (runs) chosen.emplace_back(&check, std::move(parameters));
  }
  return chosen;
}

}  // namespace bao::cli::health
