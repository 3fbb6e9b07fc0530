// auth/token/renew*: moves the end of a token's lease. The backend that made the token decides how far: the token backend by
// entry and role, an auth method by its own renew handler.
#include "internal/core/auth_token/handlers.h"
#include "internal/core/token/auth_json.h"
#include "internal/logical/auth_method.h"
#include "internal/logical/policy_names.h"

namespace bao::core::auth_token {
namespace {

using logical::sanitize_policies;

using base::Duration;
using codec::Json;
using logical::Call;

constexpr std::string_view kOwnPaths = "auth/token/";

Json nanoseconds(Duration d) { return static_cast<int64_t>(d.count()); }

}  // namespace

// What the backend answers; nothing in `auth`: it has no objection, and nothing to renew either.
struct Handlers::Renewal {
  std::optional<logical::Auth> auth;
  Duration default_lease_ttl{0}, max_lease_ttl{0};  // of its mount
};

base::Status Handlers::ask_renewal(const Call& call, storage::WriteView& all, const TokenEntry& entry, const Lease& lease,
                                   Renewal& renewal) const {
  const auto refuse = [](std::string_view text) {
    return failure(base::Code::internal, "failed to renew entry: " + std::string(text));
  };
  if (lease.path.starts_with(kOwnPaths)) {
    renewal.default_lease_ttl = limits_.default_lease_ttl;
    renewal.max_lease_ttl = limits_.max_lease_ttl;
    logical::Auth auth = auth_from_json(lease.auth);
    auth.period = entry.period;
    auth.explicit_max_ttl = entry.explicit_max_ttl;
    if (!entry.role.empty()) {
      ASSIGN_OR_RETURN(const auto role, find_role(all, entry.role));
      if (!role) return refuse("original token role \"" + entry.role + "\" could not be found, not renewing");
      auth.period = role->token_period;
      auth.explicit_max_ttl = role->token_explicit_max_ttl;
    }
    renewal.auth = std::move(auth);
    return {};
  }
  const auto mount = services_.mount_of(lease.path);
  if (mount == nullptr) return refuse("no handler for route \"" + lease.path + "\". route entry not found.");
  renewal.default_lease_ttl = mount->default_lease_ttl;
  renewal.max_lease_ttl = mount->max_lease_ttl;
  logical::Request request;
  request.operation = logical::Operation::renew;
  request.ns = call.request.ns;
  request.path = lease.path;
  request.mount_point = mount->entry.route();
  request.connection = call.request.connection;
  request.data.set("auth", lease.auth);
  storage::PrefixWriteView view(all, mount->view_prefix);
  auto reply = mount->backend->renew({request, logical::Fields(), call.now}, view);
  if (!reply.ok()) return refuse(reply.error().message());
  if (!reply->auth) return {};
  // The method says how long; everything else stays as the login left it.
  renewal.auth = auth_from_json(lease.auth);
  renewal.auth->ttl = reply->auth->ttl;
  renewal.auth->max_ttl = reply->auth->max_ttl;
  renewal.auth->period = reply->auth->period;
  const auto* method = dynamic_cast<const logical::AuthMethod*>(mount->backend.get());
  if (method == nullptr || entry.entity_id.empty()) return {};
  return services_.identities.refresh_groups(all, entry.entity_id, mount->entry.accessor, method->group_aliases(*renewal.auth), call.now);
}

base::Status Handlers::add_identity_policies(logical::Auth& auth) const {
  if (auth.entity_id.empty()) return {};
  ASSIGN_OR_RETURN(const auto standing, services_.identities.standing(auth.entity_id));
  if (standing != nullptr) identity::show_identity_policies(standing->policies, auth);
  return {};
}

logical::Reply Handlers::renew_token(const Call& call, storage::WriteView& all, std::string_view token) const {
  ASSIGN_OR_RETURN(auto found, services_.tokens.read_with_lease(all, token, TokenStore::Spent::absent));
  if (!found) return base::invalid("token not found");
  const TokenEntry& entry = found->entry;
  std::optional<Lease>& lease = found->lease;
  if (entry.type == TokenType::batch) return base::invalid("batch tokens cannot be renewed");
  if (!lease) return base::invalid("invalid lease ID");
  if (const std::string refusal = lease->renewal_refusal(call.now); !refusal.empty()) return base::invalid(refusal);
  Renewal renewal;
  TRY(ask_renewal(call, all, entry, *lease, renewal));
  if (!renewal.auth) return logical::Response::none();
  logical::Auth& auth = *renewal.auth;

  TtlInput in;
  in.increment = call.fields.duration("increment");
  in.backend_ttl = auth.ttl;
  in.backend_max_ttl = auth.max_ttl;
  in.period = auth.period;
  in.explicit_max_ttl = auth.explicit_max_ttl;
  in.mount_default_ttl = renewal.default_lease_ttl;
  in.mount_max_ttl = renewal.max_lease_ttl;
  in.start = lease->issue_time;
  in.now = call.now;
  auto granted = calculate_ttl(in);
  if (!granted.ok()) return failure(granted.error().code(), granted.error().message());

  const base::Time before = lease->expire_time;
  lease->auth.set("lease", nanoseconds(granted->ttl));
  lease->auth.set("max_ttl", nanoseconds(auth.max_ttl));
  lease->auth.set("period", nanoseconds(auth.period));
  lease->auth.set("explicit_max_ttl", nanoseconds(auth.explicit_max_ttl));
  lease->expire_time = call.now + granted->ttl;
  lease->last_renewal_time = call.now;
  TRY(services_.expiration.put(all, *call.request.ns, *lease, before));

  logical::Response response;
  response.warnings = std::move(granted->warnings);
  auth.ttl = granted->ttl;
  auth.client_token = entry.id;
  auth.accessor = entry.accessor;
  auth.policies = sanitize_policies(auth.token_policies, false);
  TRY(add_identity_policies(auth));
  response.auth = std::move(auth);
  return response;
}

logical::Reply Handlers::renew(const Call& call, storage::WriteView& all) const {
  ASSIGN_OR_RETURN(const std::string token, token_field(call));
  if (token.empty()) return base::invalid("missing token ID");
  return renew_token(call, all, token);
}

logical::Reply Handlers::renew_self(const Call& call, storage::WriteView& all) const {
  return renew_token(call, all, call.request.client_token);
}

logical::Reply Handlers::renew_accessor(const Call& call, storage::WriteView& all) const {
  const std::string accessor = call.fields.string("accessor");
  if (accessor.empty()) return failure(base::Code::invalid, "missing accessor");
  ASSIGN_OR_RETURN(const std::string token, services_.tokens.id_of_accessor(all, accessor));
  if (token.empty()) return failure(base::Code::invalid, "invalid accessor");
  ASSIGN_OR_RETURN(logical::Response response, renew_token(call, all, token));
  if (response.auth) response.auth->client_token.clear();
  return response;
}

}  // namespace bao::core::auth_token
