// Whether certificates can be had by ACME, tried out where it is enabled.
#include <algorithm>

#include "internal/cli/health_check/check.h"

namespace bao::cli::health {
namespace {

// Errors: invalid, in words that go on after "not functional: ".
base::Status reach_directory(Mount& mount, const std::string& url) {
  const std::string config = mount.endpoint("config/cluster");
  if (url.empty()) return base::invalid("'path' field not configured within " + config);
  if (!url.starts_with("https://")) return base::invalid("the configured 'path' field in " + config + " was not using an https scheme");
  const std::string directory = url + (url.ends_with('/') ? "" : "/") + "acme/directory";
  const base::Status found = mount.source().find_acme_directory(directory);
  if (found.ok()) return {};
  return base::invalid("using configured 'path' field (\"" + url + "\") in " + config + " failed to reach the ACME directory: " + directory + ": " +
                       found.error().message());
}

}  // namespace

// In the reference's words, which speak of the tune endpoint whatever is lacking.
Findings lacking_for_acme(const Mount& mount, const std::string& endpoint, const std::string& so) {
  return {mount.lacking(endpoint, "Token lacks permission to read the tune endpoint for this mount. ",
                        "No token available, unable to read the tune endpoint for this mount. ", so)};
}

base::Result<Findings> check_acme_issuance(const Parameters&, Mount& mount) {
  const std::string endpoint = mount.endpoint("config/acme"), cluster_endpoint = mount.endpoint("config/cluster");
  ASSIGN_OR_RETURN(const Answer config, mount.read("config/acme"));
  ASSIGN_OR_RETURN(const Answer cluster, mount.read("config/cluster"));
  if (config.state == Answer::State::unsupported || cluster.state == Answer::State::unsupported) return needs_version(endpoint, "1.14");
  constexpr char kUseless[] = "Without this information, this health check is unable to function.";
  if (config.denied()) return lacking_for_acme(mount, endpoint, kUseless);
  if (!config.data["enabled"].as_bool()) {
    ASSIGN_OR_RETURN(const auto issuers, mount.issuers());
    if (issuers.empty()) return Findings{{Status::not_applicable, endpoint, "No issuers in mount, ACME is not required."}};
    if (std::all_of(issuers.begin(), issuers.end(), [](const IssuerOfMount& issuer) { return issuer.is_root(); })) {
      return Findings{{Status::not_applicable, endpoint, "Mount contains only root issuers, ACME is not required."}};
    }
    return Findings{{Status::informational, endpoint, "Consider enabling ACME support to support a self-rotating PKI infrastructure."}};
  }
  if (cluster.denied()) return lacking_for_acme(mount, cluster_endpoint, kUseless);
  if (const base::Status reached = reach_directory(mount, cluster.data["path"].as_string()); !reached.ok()) {
    return Findings{{Status::warning, cluster_endpoint, "ACME enabled in config but not functional: " + reached.error().message()}};
  }
  return Findings{{Status::ok, cluster_endpoint, "ACME enabled and successfully connected to the ACME directory."}};
}

}  // namespace bao::cli::health
