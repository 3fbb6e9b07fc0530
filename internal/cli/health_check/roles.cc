// What roles let through, and whether they keep every certificate.
#include <algorithm>

#include "internal/cli/health_check/check.h"

namespace bao::cli::health {
namespace {

using codec::Json;

struct Roles {
  Findings lacking;                                 // what the token may not see
  std::vector<std::pair<std::string, Json>> known;  // by name
  bool complete = true;                             // the list could be read
};

base::Result<Roles> roles_of(Mount& mount) {
  Roles roles;
  ASSIGN_OR_RETURN(const Answer listed, mount.list("roles"));
  if (listed.denied()) {
    roles.complete = false;
    roles.lacking = {mount.lacking(mount.endpoint("roles"), "This token ", "No token available and so this health check ",
                                   "lacks permission either to list the roles. This restricts the ability to fully execute this health check.")};
    return roles;
  }
  for (const std::string& name : keys_of(listed)) {
    ASSIGN_OR_RETURN(Answer role, mount.read("roles/" + name));
    if (role.given()) roles.known.emplace_back(name, std::move(role.data));
    if (!role.denied()) continue;
    roles.lacking.push_back(mount.lacking(mount.endpoint("roles/" + name), "This token lacks permission the endpoint for this mount. ",
                                          "No token available so unable for the endpoint for this mount. ",
                                          "Without this information, this health check is unable to function."));
  }
  return roles;
}

// "[a.test *.b.test]".
std::string listed_domains(const Json& domains) {
  std::string out = "[";
  for (const Json& domain : domains.items()) out += (out.size() > 1 ? " " : "") + domain.as_string();
  return out + "]";
}

bool has_globs(const Json& domains) {
  return std::any_of(domains.items().begin(), domains.items().end(),
                     [](const Json& domain) { return domain.as_string().find('*') != std::string::npos; });
}

// What is said of one role, or nothing.
template <typename Judge>
base::Result<Findings> judge_roles(Mount& mount, Findings findings, const std::string& all_is_well, Judge judge) {
  ASSIGN_OR_RETURN(Roles roles, roles_of(mount));
  findings.insert(findings.begin(), roles.lacking.begin(), roles.lacking.end());
  if (!roles.complete) return roles.lacking;
  for (const auto& [name, role] : roles.known) {
    if (auto finding = judge(role)) {
      finding->endpoint = mount.endpoint("roles/" + name);
      findings.push_back(std::move(*finding));
    }
  }
  if (findings.empty() && !roles.known.empty()) findings.push_back({Status::ok, mount.endpoint("roles"), all_is_well});
  return findings;
}

}  // namespace

base::Result<Findings> check_localhost(const Parameters&, Mount& mount) {
  return judge_roles(mount, {}, "Roles follow best practices regarding allowing issuance for localhost domains.",
                     [](const Json& role) -> std::optional<Finding> {
    const Json& domains = role["allowed_domains"];
    if (!role["allow_localhost"].as_bool() || domains.empty()) return std::nullopt;
    return Finding{Status::warning, "",
                   "Role currently allows localhost issuance with a non-empty allowed_domains (" + listed_domains(domains) +
                       "): this role is intended for issuing other hostnames and the allow_localhost=true option may be overlooked by operators. "
                       "If this role is intended to issue certificates valid for localhost, consider setting allow_localhost=false and explicitly "
                       "adding localhost to the list of allowed domains."};
  });
}

base::Result<Findings> check_glob_wildcards(const Parameters&, Mount& mount) {
  return judge_roles(mount, {}, "Roles follow best practices regarding restricting wildcard certificate issuance in roles.",
                     [](const Json& role) -> std::optional<Finding> {
    const Json& domains = role["allowed_domains"];
    if (!role["allow_wildcard_certificates"].as_bool() || !role["allow_glob_domains"].as_bool() || !has_globs(domains)) return std::nullopt;
    return Finding{Status::warning, "",
                   "Role currently allows wildcard issuance while allowing globs in allowed_domains (" + listed_domains(domains) +
                       "). Because globs can expand to one or more wildcard character, including wildcards under additional subdomains, these "
                       "options are dangerous to enable together. If glob domains are required to be enabled, it is suggested to either disable "
                       "wildcard issuance if not desired, or create two separate roles -- one with wildcard issuance for specified domains and "
                       "one with glob matching enabled for concrete domain identifiers."};
  });
}

base::Result<Findings> check_stored_certificates(const Parameters&, Mount& mount) {
  // Its allowed_roles are spared nothing, as by the reference.
  ASSIGN_OR_RETURN(const Answer config, mount.read("config/crl"));
  Findings findings;
  if (config.denied()) {
    findings.push_back(mount.lacking(
        mount.endpoint("config/crl"), "This token lacks so permission to read the CRL configuration for this mount. ",
        "No token available so unable read authenticated CRL configuration for this mount. ",
        "This prevents the health check from seeing if the CRL is set to auto_rebuild=true and lowering the severity of check results "
        "appropriately."));
  }
  const bool rebuilds = config.data["auto_rebuild"].as_bool();
  return judge_roles(mount, std::move(findings), "Roles follow best practices regarding certificate storage.",
                     [&](const Json& role) -> std::optional<Finding> {
    if (role["no_store"].as_bool()) return std::nullopt;
    if (rebuilds) {
      return Finding{Status::informational, "",
                     "Role currently stores every issued certificate (no_store=false). With auto-rebuild CRL enabled, less performance impact occur "
                     "on CRL rebuilding, but note that too many issued and/or revoked certificates can exceed OpenBao's storage limits and make "
                     "operations slow. It is suggested to limit the number of certificates issued under roles with no_store=false: use shorter "
                     "lifetimes to avoid revocation and/or BYOC revocation instead."};
    }
    return Finding{Status::warning, "",
                   "Role currently stores every issued certificate (no_store=false). Too many issued and/or revoked certificates can exceed "
                   "OpenBao's storage limits and make operations slow. It is encouraged to enable auto-rebuild of CRLs to prevent every revocation "
                   "from creating a new CRL and to limit the number of certificates issued under roles with no_store=false: use shorter lifetimes "
                   "and/or BYOC revocation instead."};
  });
}

}  // namespace bao::cli::health
