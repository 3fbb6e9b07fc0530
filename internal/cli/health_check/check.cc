#include "internal/cli/health_check/check.h"

namespace bao::cli::health {
namespace {

using codec::Json;

Json none() { return Json::object(); }
Json ca_validity() {
  return Json::object({{"root_expiry_critical", "180d"},
                       {"intermediate_expiry_critical", "30d"},
                       {"root_expiry_warning", "365d"},
                       {"intermediate_expiry_warning", "60d"},
                       {"root_expiry_informational", "730d"},
                       {"intermediate_expiry_informational", "180d"}});
}
Json crl_validity() { return Json::object({{"crl_expiry_pct_critical", "95"}, {"delta_crl_expiry_pct_critical", "95"}}); }
Json off() { return Json::object({{"enabled", false}}); }
Json root_issued_leaves() { return Json::object({{"certs_to_fetch", 100}}); }
Json stored_certificates() { return Json::object({{"allowed_roles", Json::array()}}); }
Json audit_visibility() { return Json::object({{"ignored_parameters", Json::array()}}); }
Json auto_tidy() {
  return Json::object({{"interval_duration_critical", "7d"},
                       {"interval_duration_warning", "2d"},
                       {"pause_duration_critical", "1s"},
                       {"pause_duration_warning", "200ms"}});
}
Json tidy_last_run() { return Json::object({{"last_run_critical", "7d"}, {"last_run_warning", "2d"}}); }
Json too_many_certificates() { return Json::object({{"count_critical", 250'000}, {"count_warning", 50'000}}); }

}  // namespace

const std::vector<Check>& checks() {
  static const std::vector<Check> kChecks = {{"ca_validity_period", ca_validity, check_ca_validity},
                                             {"crl_validity_period", crl_validity, check_crl_validity},
                                             {"hardware_backed_root", off, check_hardware_backed_root},
                                             {"root_issued_leaves", root_issued_leaves, check_root_issued_leaves},
                                             {"role_allows_localhost", none, check_localhost},
                                             {"role_allows_glob_wildcards", none, check_glob_wildcards},
                                             {"role_no_store_false", stored_certificates, check_stored_certificates},
                                             {"audit_visibility", audit_visibility, check_audit_visibility},
                                             {"allow_if_modified_since", none, check_if_modified_since},
                                             {"enable_auto_tidy", auto_tidy, check_auto_tidy},
                                             {"tidy_last_run", tidy_last_run, check_tidy_last_run},
                                             {"too_many_certs", too_many_certificates, check_too_many_certificates},
                                             {"enable_acme_issuance", none, check_acme_issuance},
                                             {"allow_acme_headers", none, check_acme_headers}};
  return kChecks;
}

base::Result<std::vector<std::pair<const Check*, Parameters>>> choose_checks(const Json& changes, bool enabled) {
  std::vector<std::pair<const Check*, Parameters>> chosen;
  for (const Check& check : checks()) {
    ASSIGN_OR_RETURN(Parameters parameters, Parameters::merge(check.name, check.defaults(), changes[check.name], enabled));
    ASSIGN_OR_RETURN(const bool runs, parameters.enabled());
    if (runs) chosen.emplace_back(&check, std::move(parameters));
  }
  return chosen;
}

}  // namespace bao::cli::health
