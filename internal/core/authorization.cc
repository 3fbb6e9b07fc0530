#include "internal/core/authorization.h"

#include "internal/core/routing.h"
#include "internal/core/under_way.h"
#include "internal/core/wrapping/jwt.h"
#include "internal/net/bound_addresses.h"

namespace bao::core {

using base::Result;
using base::Status;
using logical::Operation;

namespace {

bool is_wrapping_path(std::string_view path) {
  return path == "sys/wrapping/lookup" || path == "sys/wrapping/rewrap" || path == "sys/wrapping/unwrap";
}

// The request goes on with the token that a signed one names.
Status open_signed_token(RequestWork& work, const storage::ReadView& all, std::string& token) {
  if (!looks_like_jwt(token)) return {};
  ASSIGN_OR_RETURN(token, token_inside_jwt(all, token));
  codec::Json* given = work.request.data.find("token");
  if (given == nullptr || given->is_null()) {
    work.request.client_token = token;
    return {};
  }
  *given = token;
  match_path(work);  // reads the fields anew
  return {};
}

// These paths look at the wrapping token before anything else, because a spent one can no longer be told from none.
Status check_wrapping_token(const Core::Parts& parts, RequestWork& work, const storage::ReadView& all) {
  const logical::Request& request = work.request;
  const codec::Json* given = request.data.find("token");
  const bool in_body = given != nullptr && !given->is_null();
  const std::string_view context = "error validating wrapping token: ";
  if (in_body && !given->is_string()) return base::denied(std::string(context) + "could not decode token in request body");
  if (in_body && given->as_string().empty()) return base::denied(std::string(context) + "empty token in request body");
  std::string token = in_body ? given->as_string() : request.client_token;
  if (token.empty()) return base::denied(std::string(context) + "token is empty");
  TRY(open_signed_token(work, all, token));
  ASSIGN_OR_RETURN(const bool valid, parts.wrapping->valid(all, token));
  return valid ? Status() : Status(base::invalid("wrapping token is not valid or does not exist"));
}

// Every write is an update, unless the path can tell that there is nothing yet.
Status decide_create_or_update(RequestWork& work, const storage::ReadView& all) {
  logical::Request& request = work.request;
  if (work.asked != Operation::update && work.asked != Operation::create) return {};
  request.operation = Operation::update;
  if (!work.match || !work.match->path->exists || !work.fields.ok()) return {};
  const storage::PrefixReadView view(all, work.mount->view_prefix);
  ASSIGN_OR_RETURN(const bool exists, work.match->path->exists({request, *work.fields, work.now}, view));
  if (!exists) request.operation = Operation::create;
  return {};
}

void fill_caller(RequestWork& work) {
  logical::Caller& caller = work.request.caller;
  const TokenEntry& entry = *work.token;
  caller.accessor = entry.accessor;
  caller.display_name = entry.display_name;
  caller.entity_id = entry.entity_id;
  caller.cubbyhole_id = entry.cubbyhole_id;
  caller.policies = entry.policies;
  caller.token_type = entry.type == TokenType::batch ? "batch" : "service";
  caller.root = work.decision.root;
}

// A policy may bound how much one list returns.
void apply_limit(RequestWork& work) {
  if (!work.decision.limit) return;
  work.request.data.set("limit", *work.decision.limit);
  match_path(work);
}

using Standing = std::shared_ptr<const identity::Standing>;

// nullptr: the token has no entity.
Result<Standing> standing_of(const Core::Parts& parts, const TokenEntry& entry) {
  if (entry.entity_id.empty()) return Standing();
  ASSIGN_OR_RETURN(Standing standing, parts.identities.standing(entry.entity_id));
  if (standing == nullptr || standing->disabled) return base::denied();
  return standing;
}

Result<std::shared_ptr<const Acl>> acl_of(const Core::Parts& parts, const storage::ReadView& all, const TokenEntry& entry,
                                          const identity::Standing* standing, base::Time now) {
  AclSubject subject{.names = entry.policies, .inline_policy = entry.inline_policy};
  if (standing != nullptr) {
    subject.identity = &standing->identity;
    subject.identity_serial = standing->serial;
    if (!entry.no_identity_policies) subject.identity_policies = &standing->policies;
  }
  return parts.policies.acl(all, logical::root_namespace(), subject, now);
}

}  // namespace

Status authenticate(const Core::Parts& parts, RequestWork& work, const storage::ReadView& all) {
  const logical::Request& request = work.request;
  if (request.mount_point == "sys/" && is_wrapping_path(request.path)) {
    TRY(check_wrapping_token(parts, work, all));
  }
  if (!work.needs_token()) return {};
  if (work.inline_caller != nullptr) {
    work.token = work.inline_caller;
  } else {
    ASSIGN_OR_RETURN(work.token, parts.tokens.lookup(all, request.client_token));
  }
  if (work.token == nullptr) return base::denied();
  UnderWay::came_with(work.token);
  const TokenEntry& entry = *work.token;
  // Root tokens that never end are not bound to addresses.
  const bool bound = entry.ttl.count() != 0 && !entry.bound_cidrs.empty();
  if (bound && !net::address_is_bound(request.connection.remote_address, entry.bound_cidrs)) return base::denied();
  ASSIGN_OR_RETURN(work.standing, standing_of(parts, entry));
  return {};
}

Result<std::shared_ptr<const Acl>> acl_of_token(const Core::Parts& parts, const storage::ReadView& all,
                                                const TokenEntry& entry, base::Time now) {
  ASSIGN_OR_RETURN(const Standing standing, standing_of(parts, entry));
  return acl_of(parts, all, entry, standing.get(), now);
}

Status authorize(const Core::Parts& parts, RequestWork& work, const storage::ReadView& all) {
  TRY(decide_create_or_update(work, all));
  if (work.token == nullptr) return {};
  ASSIGN_OR_RETURN(work.acl, acl_of(parts, all, *work.token, work.standing.get(), work.now));
  work.decision = work.acl->allow(work.request, work.request.operation, work.now);
  const bool wants_sudo = work.match && work.match->path->access == logical::Access::sudo;
  const bool has_sudo = work.decision.sudo || work.decision.root;
  if (!work.decision.allowed || (wants_sudo && !has_sudo)) {
    return base::denied(logical::multierror("permission denied"));
  }
  fill_caller(work);
  apply_limit(work);
  return {};
}

}  // namespace bao::core
