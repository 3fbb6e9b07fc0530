#include "internal/engines/pki/acme_mount.h"

#include <algorithm>

#include "internal/engines/pki/acme_issuing.h"
#include "internal/engines/pki/layout.h"
#include "internal/engines/pki/revocation.h"

namespace bao::engines::pki {

using acme::Config;
using acme::Failure;
using acme::Outcome;
using acme::ProblemType;
using storage::ReadView;
using storage::WriteView;

namespace {

bool holds(const std::vector<std::string>& names, const std::string& name) { return std::find(names.begin(), names.end(), name) != names.end(); }

Outcome<RolePointer> usable_role(const MountStore& store, const ReadView& view, const std::string& name) {
  ASSIGN_OR_RETURN(RolePointer role, store.role(view, name));
  if (role == nullptr) return Failure::namely(ProblemType::malformed, "role does not exist");
  if (role->no_store) return Failure::namely(ProblemType::server_internal, "role can not be used as NoStore is set to true");
  return role;
}

struct NamedRole {
  std::string name;
  RoleEntry rules;
};

// By the directory's path, or by what the configuration says for directories without a role.
Outcome<NamedRole> role_of(const MountStore& store, const ReadView& view, const Config& config, const std::string& asked) {
  if (asked.empty() && config.default_directory_policy == "forbid") {
    return Failure::namely(ProblemType::server_internal, "default directory not allowed by ACME policy");
  }
  const std::string name = asked.empty() ? config.default_role() : asked;
  if (name.empty()) return NamedRole{"", verbatim_acme_role()};
  ASSIGN_OR_RETURN(const RolePointer role, usable_role(store, view, name));
  if (!asked.empty() && !config.allows_any_role() && !holds(config.allowed_roles, name)) {
    return Failure::namely(ProblemType::server_internal, "specified role not allowed by ACME policy");
  }
  return NamedRole{name, *role};
}

Outcome<> check_issuer_allowed(const Authorities& authorities, const Config& config, const std::string& id) {
  if (config.allows_any_issuer()) return {};
  for (const std::string& name : config.allowed_issuers) {
    const auto allowed = authorities.find_issuer(name);
    if (allowed.ok() && (*allowed)->entry.id == id) return {};
  }
  return Failure::namely(ProblemType::server_internal, "specified issuer not allowed by ACME policy");
}

base::Status check_role(const MountStore& store, const ReadView& view, const std::string& name, const std::string& context) {
  const auto role = usable_role(store, view, name);
  if (role.ok()) return {};
  const Failure& failure = role.error();
  return failure.error() != nullptr ? *failure.error() : base::internal(context + ": " + failure.detail());
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
  return text;
}

}  // namespace

base::Result<std::string> AcmeMount::address(const ReadView& view) const {
  ASSIGN_OR_RETURN(const AuthoritiesPointer authorities, store_.authorities(view));
  if (authorities->cluster.path.empty()) return base::internal("ACME feature requires local cluster 'path' field configuration to be set");
  return authorities->cluster.path;
}

Outcome<std::shared_ptr<const acme::Issuing>> AcmeMount::issuing(const ReadView& view, const Config& config, const std::string& issuer,
                                                                 const std::string& role) const {
  ASSIGN_OR_RETURN(NamedRole named, role_of(store_, view, config, role));
  const std::string reference = !issuer.empty() ? issuer : named.rules.issuer_ref.empty() ? "default" : named.rules.issuer_ref;
  ASSIGN_OR_RETURN(AuthoritiesPointer authorities, store_.authorities(view));
  const auto found = authorities->find_issuer(reference);
  if (!found.ok()) return Failure::namely(ProblemType::malformed, "issuer does not exist");
  const std::string id = (*found)->entry.id;
  if (((*found)->entry.usage & kIssuing) == 0 || (*found)->entry.key_id.empty()) {
    return Failure::namely(ProblemType::server_internal, "issuer missing proper issuance usage or key");
  }
  TRY(check_issuer_allowed(*authorities, config, id));
  return make_acme_issuing(store_, std::move(authorities), id, std::move(named.name), std::move(named.rules), config.allow_role_ext_key_usage);
}

base::Status AcmeMount::check(const ReadView& view, const Config& config) const {
  const std::string standing_in = config.default_role();
  if (!standing_in.empty()) {
    TRY(check_role(store_, view, standing_in, "default directory policy role " + standing_in + " is not a valid ACME role"));
  }
  if (!config.allows_any_role()) {
    for (const std::string& name : config.allowed_roles) TRY(check_role(store_, view, name, "allowed_role " + name + " is not a valid acme role"));
    if (!standing_in.empty() && !holds(config.allowed_roles, standing_in)) {
      return base::internal("default directory policy " + config.default_directory_policy + " was not specified in allowed_roles: [" +
                            joined(config.allowed_roles) + "]");
    }
  }
  if (config.allows_any_issuer()) return {};
  ASSIGN_OR_RETURN(const AuthoritiesPointer authorities, store_.authorities(view));
  for (const std::string& name : config.allowed_issuers) {
    const auto found = authorities->find_issuer(name);
    if (!found.ok()) return base::internal("failed validating allowed_issuers: unable to fetch issuer: " + name + ": " + found.error().message());
  }
  return {};
}

base::Result<std::string> AcmeMount::certificate(const ReadView& view, std::string_view serial) const {
  ASSIGN_OR_RETURN(auto der, view.get(std::string(layout::kCertificates).append(serial)));
  return der ? std::move(*der) : std::string();
}

base::Result<std::string> AcmeMount::chain(const ReadView& view, const std::string& issuer_id) const {
  ASSIGN_OR_RETURN(const AuthoritiesPointer authorities, store_.authorities(view));
  ASSIGN_OR_RETURN(const Issuer* issuer, authorities->find_issuer(issuer_id));
  std::string text = issuer->entry.certificate;
  for (const std::string& pem : issuer->entry.ca_chain) {
    if (pem != issuer->entry.certificate) text += pem;
  }
  return text;
}

base::Result<bool> AcmeMount::is_revoked(const ReadView& view, std::string_view serial) const {
  ASSIGN_OR_RETURN(const auto entry, read_revoked(view, serial));
  return entry.has_value();
}

base::Result<codec::Json> AcmeMount::revoke(WriteView& view, std::string_view der, base::Time now) const {
  ASSIGN_OR_RETURN(const RevokerList revokers, store_.all(view));
  ASSIGN_OR_RETURN(const logical::Response response, revoke_certificate(view, *revokers, der, Keeping::as_it_is, now));
  return response.data.value_or(codec::Json::object());
}

}  // namespace bao::engines::pki
