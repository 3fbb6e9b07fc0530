#include "internal/core/lease_filing.h"

#include <algorithm>
#include <utility>

#include "internal/logical/policy_names.h"

namespace bao::core {

using base::Status;

namespace {

TtlInput mount_limits(const RequestWork& work) {
  TtlInput input;
  input.mount_default_ttl = work.mount->default_lease_ttl;
  input.mount_max_ttl = work.mount->max_lease_ttl;
  input.now = work.now;
  return input;
}

// "userpass-" before the name that the method gave: the mount's path with dashes.
std::string login_display_name(std::string_view mount_point, const std::string& given) {
  if (mount_point.starts_with("auth/")) mount_point.remove_prefix(5);
  std::string name(mount_point);
  std::replace(name.begin(), name.end(), '/', '-');
  name += given;
  if (name.ends_with('-')) name.pop_back();
  return name;
}

Status check_login_policies(const std::vector<std::string>& policies) {
  for (const std::string& policy : policies) {
    if (policy == "root") return base::invalid("auth methods cannot create root tokens");
    if (policy == "response-wrapping") return base::invalid("cannot assign policy \"" + policy + "\"");
  }
  return {};
}

TokenEntry login_entry(const RequestWork& work, const logical::Auth& auth, base::Duration ttl) {
  TokenEntry entry;
  entry.type = auth.token_type == "batch" ? TokenType::batch : TokenType::service;
  entry.policies = auth.token_policies;
  entry.path = work.request.path;
  if (auth.metadata) entry.meta = *auth.metadata;
  entry.display_name = auth.display_name;
  entry.num_uses = auth.num_uses;
  entry.creation_time = base::unix_seconds(work.now);
  entry.ttl = ttl;
  entry.explicit_max_ttl = auth.explicit_max_ttl;
  entry.period = auth.period;
  entry.entity_id = auth.entity_id;
  entry.bound_cidrs = auth.bound_cidrs;
  return entry;
}

identity::Arrival arrival_of(const RequestWork& work, const logical::AuthMethod& method, const logical::Auth& auth) {
  return {*work.mount, auth.alias_name, method.alias_metadata(auth), method.group_aliases(auth)};
}

Status tell(identity::Arrived arrived, logical::Auth& auth) {
  if (arrived.disabled) return base::denied();
  auth.entity_id = std::move(arrived.entity_id);
  auth.identity_policies = std::move(arrived.policies);
  return {};
}

// For the lease. No alias: identity knows nobody of the kind.
LoggedIn who_logged_in(const RequestWork& work, const logical::Auth& auth) {
  LoggedIn who;
  const logical::AuthMethod* method = login_method(work);
  if (method == nullptr || auth.alias_name.empty() || auth.entity_id.empty()) return who;
  const identity::Arrival arrival = arrival_of(work, *method, auth);
  const MountEntry& mount = arrival.mount.entry;
  who.alias = LoggedIn::Alias{mount.type, mount.accessor, arrival.name, arrival.metadata, mount.local};
  who.entity_created = work.entity_created;
  return who;
}

}  // namespace

base::Result<bool> identify_login(const Core::Parts& parts, const RequestWork& work, logical::Auth& auth) {
  const logical::AuthMethod* method = login_method(work);
  if (method == nullptr || auth.alias_name.empty()) return true;
  ASSIGN_OR_RETURN(auto arrived, parts.identities.find(arrival_of(work, *method, auth)));
  if (!arrived) return false;
  TRY(tell(std::move(*arrived), auth));
  return true;
}

Status identify_login(const Core::Parts& parts, RequestWork& work, storage::WriteView& all, logical::Auth& auth) {
  const logical::AuthMethod* method = login_method(work);
  if (method == nullptr || auth.alias_name.empty() || !auth.entity_id.empty()) return {};
  ASSIGN_OR_RETURN(auto arrived, parts.identities.find_or_make(all, arrival_of(work, *method, auth), work.now));
  work.entity_created = arrived.created;
  return tell(std::move(arrived), auth);
}

base::Result<std::vector<std::string>> groups_of_login(const Core::Parts& parts, const RequestWork& work, const logical::Auth& auth) {
  const logical::AuthMethod* method = login_method(work);
  if (method == nullptr) return std::vector<std::string>();
  return parts.identities.groups_of(arrival_of(work, *method, auth), auth.entity_id);
}

Status file_lease(const Core::Parts& parts, const RequestWork& work, storage::WriteView& all, logical::Response& response) {
  if (!response.lease) return {};
  if (work.token == nullptr) return base::internal("an unauthenticated request cannot be given a lease");
  // Nothing would end it: its caller has no token. What the engine wrote goes with the transaction.
  if (work.inline_caller != nullptr) return base::invalid("requests with inline authentication cannot generate leases");
  TtlInput input = mount_limits(work);
  input.backend_ttl = response.lease->ttl;
  input.backend_max_ttl = response.lease->max_ttl;
  ASSIGN_OR_RETURN(const TtlResult ttl, calculate_ttl(input));
  response.warnings.insert(response.warnings.end(), ttl.warnings.begin(), ttl.warnings.end());
  return parts.tokens.file_secret_lease(all, *work.request.ns, *work.token, work.request, ttl.ttl, response);
}

logical::TokenKind login_token_kind(const RequestWork& work, const logical::Auth& auth) {
  const auto of_mount = static_cast<logical::TokenKind>(work.mount->entry.config.token_type);
  return logical::resolve_token_kind(logical::token_kind(auth.token_type), of_mount);
}

Status create_login_token(const Core::Parts& parts, const RequestWork& work, storage::WriteView& all,
                          logical::Response& response) {
  if (!work.mount->mount_point.starts_with("auth/")) return base::internal("only an auth method may log in");
  logical::Auth& auth = *response.auth;
  auth.token_type = name_of(login_token_kind(work, auth));
  auth.display_name = login_display_name(work.mount->mount_point, auth.display_name);
  TtlInput input = mount_limits(work);
  input.backend_ttl = auth.ttl;
  input.backend_max_ttl = auth.max_ttl;
  input.period = auth.period;
  input.explicit_max_ttl = auth.explicit_max_ttl;
  ASSIGN_OR_RETURN(const TtlResult ttl, calculate_ttl(input));
  response.warnings.insert(response.warnings.end(), ttl.warnings.begin(), ttl.warnings.end());
  auth.token_policies = logical::sanitize_policies(auth.policies, !auth.no_default_policy);
  auth.policies = auth.token_policies;
  TRY(check_login_policies(auth.policies));
  TRY(check_login_policies(auth.identity_policies));
  TokenEntry entry = login_entry(work, auth, ttl.ttl);
  // Of the moment, and so no part of the lease.
  auto identity_policies = std::exchange(auth.identity_policies, {});
  if (work.inline_login == nullptr) {
    TRY(parts.tokens.create(all, *work.request.ns, entry, auth, who_logged_in(work, auth)));
  } else {
    entry.type = TokenType::batch;  // as good as one: it is kept nowhere, and has nothing of its own
    entry.num_uses = 0;
    *work.inline_login = std::make_shared<const TokenEntry>(std::move(entry));
  }
  identity::show_identity_policies(std::move(identity_policies), auth);
  return {};
}

}  // namespace bao::core
