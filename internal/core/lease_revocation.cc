#include "internal/core/lease_revocation.h"

namespace bao::core {

using base::Duration;
using base::Result;
using base::Status;
using logical::Reply;

namespace {

constexpr int kBatchToken = 2;

Status done(const Result<base::Index>& committed) { return committed.ok() ? Status() : Status(committed.error()); }

}  // namespace

bool is_of_this_node(const base::Error& error) {
  switch (error.code()) {
    case base::Code::sealed:
    case base::Code::unavailable:
    case base::Code::needs_active:
    case base::Code::conflict:
    case base::Code::uncertain: return true;
    default: return false;
  }
}

logical::Request LeaseRevocation::request_for(const logical::Namespace& ns, const Lease& lease, const Mount& mount,
                                              logical::Operation operation, Duration increment) const {
  logical::Request request;
  request.operation = operation;
  request.ns = &ns;
  request.path = lease.path;
  request.mount_point = mount.entry.route();
  request.data.set("secret", lease.secret);
  request.data.set("data", lease.data);
  request.data.set("increment", base::whole_seconds(increment));
  return request;
}

Status LeaseRevocation::end(const logical::Namespace& ns, const Lease& lease) const {
  return lease.auth.is_object() ? end_token(ns, lease) : end_secret(ns, lease);
}

Status LeaseRevocation::end_token(const logical::Namespace& ns, const Lease& lease) const {
  TRY(tokens_.revoke_tree(barrier_, lease.client_token));
  // Without its token nothing else removes the lease.
  return drop(ns, lease);
}

Status LeaseRevocation::end_secret(const logical::Namespace& ns, const Lease& lease) const {
  const auto mount = mount_of_(lease.path);
  if (mount == nullptr || mount->backend == nullptr) {
    return base::Error(base::Code::unsupported, "no handler for route \"" + lease.path + "\". route entry not found.");
  }
  const logical::Request request = request_for(ns, lease, *mount, logical::Operation::revoke, Duration(0));
  return done(barrier_.transact([&](barrier::Transaction& all) -> Status {
    storage::PrefixWriteView view(all, mount->view_prefix);
    const Reply reply = mount->backend->revoke({request, logical::Fields(), clock_.now()}, view);
    if (!reply.ok()) return reply.error();
    return tokens_.remove_secret_lease(all, ns, lease);
  }));
}

base::Result<std::vector<std::string>> LeaseRevocation::end_together(const logical::Namespace& ns, const std::vector<std::string>& ids,
                                                                     const std::function<bool(const Lease&)>& chosen) const {
  std::vector<std::string> left;
  const auto committed = barrier_.transact([&](barrier::Transaction& all) -> Status {
    left.clear();
    for (const std::string& id : ids) {
      const auto lease = expiration_.get(all, ns, id);  // one that cannot be read is for whoever looks at it alone
      const bool tries = lease.ok() && *lease && (*lease)->auth.is_object() && chosen(**lease);
      ASSIGN_OR_RETURN(const bool ended, tries ? tokens_.end_if_alone(all, **lease) : Result<bool>(false));
      if (!ended) left.push_back(id);
    }
    return {};
  });
  if (committed.ok()) return left;
  if (committed.error().code() != base::Code::conflict) return committed.error();
  return ids;  // somebody changes these tokens all the time: one by one
}

Status LeaseRevocation::queue(const logical::Namespace& ns, std::span<const std::string> ids) const {
  return done(barrier_.transact([&](barrier::Transaction& all) -> Status {
    for (const std::string& id : ids) {
      ASSIGN_OR_RETURN(auto lease, expiration_.get(all, ns, id));
      if (!lease) continue;
      TRY(expiration_.remove(all, ns, *lease));
      lease->expire_time = clock_.now();
      lease->revoke_error.clear();
      TRY(expiration_.put(all, ns, *lease, std::nullopt));
    }
    return {};
  }));
}

Status LeaseRevocation::drop(const logical::Namespace& ns, const Lease& lease) const {
  return done(barrier_.transact([&](barrier::Transaction& all) -> Status {
    ASSIGN_OR_RETURN(const auto found, expiration_.get(all, ns, lease.id));
    if (!found) return {};
    return found->secret.is_object() ? tokens_.remove_secret_lease(all, ns, *found) : expiration_.remove(all, ns, *found);
  }));
}

Reply LeaseRevocation::renew(const logical::Namespace& ns, std::string_view lease_id, Duration increment) const {
  Reply reply = logical::Response::none();
  const auto committed = barrier_.transact([&](barrier::Transaction& all) -> Status {
    reply = renew_in(all, ns, lease_id, increment);
    return reply.ok() ? Status() : Status(reply.error());
  });
  return committed.ok() ? reply : Reply(committed.error());
}

Reply LeaseRevocation::renew_in(storage::WriteView& all, const logical::Namespace& ns, std::string_view lease_id,
                                Duration increment) const {
  ASSIGN_OR_RETURN(auto lease, expiration_.get(all, ns, lease_id));
  if (!lease) return base::invalid("lease not found");
  if (const std::string refusal = lease->renewal_refusal(clock_.now()); !refusal.empty()) return base::invalid(refusal);
  if (lease->auth.is_object()) return base::invalid("tokens cannot be renewed through this endpoint");
  if (!lease->secret.is_object()) return base::invalid("lease does not correspond to a secret");
  const auto mount = mount_of_(lease->path);
  if (mount == nullptr || mount->backend == nullptr) return base::invalid("unable to retrieve system view from router");
  const logical::Request request = request_for(ns, *lease, *mount, logical::Operation::renew, increment);
  storage::PrefixWriteView view(all, mount->view_prefix);
  Reply reply = mount->backend->renew({request, logical::Fields(), clock_.now()}, view);
  if (!reply.ok()) return base::invalid("failed to renew entry: " + reply.error().message());
  if (!reply->lease) return logical::Response::none();
  const base::Time before = lease->expire_time;
  TRY(grant(all, *mount, increment, *lease, *reply));
  TRY(expiration_.put(all, ns, *lease, before));
  return reply;
}

// Sets the new lifetime in the lease and in the answer.
Status LeaseRevocation::grant(storage::WriteView& all, const Mount& mount, Duration increment, Lease& lease,
                              logical::Response& response) const {
  TtlInput in;
  in.increment = increment;
  in.backend_ttl = response.lease->ttl;
  in.backend_max_ttl = response.lease->max_ttl;
  in.mount_default_ttl = mount.default_lease_ttl;
  in.mount_max_ttl = mount.max_lease_ttl;
  in.start = lease.issue_time;
  in.now = clock_.now();
  const auto granted = calculate_ttl(in);
  if (!granted.ok()) return base::invalid(granted.error().message());
  response.warnings.insert(response.warnings.end(), granted->warnings.begin(), granted->warnings.end());
  lease.last_renewal_time = in.now;
  lease.expire_time = in.now + granted->ttl;
  if (lease.token_type == kBatchToken) {
    ASSIGN_OR_RETURN(const auto owner, tokens_.read(all, lease.client_token, TokenStore::Spent::absent));
    if (!owner) return base::invalid("cannot renew lease, no valid associated token");
    ASSIGN_OR_RETURN(const auto bound, tokens_.lease_of(all, *owner));
    ENSURE(bound.has_value(), "a batch token's lease is made up from its entry");
    lease.expire_time = std::min(lease.expire_time, bound->expire_time);
  }
  if (response.data) lease.data = *response.data;
  lease.secret.set("lease", static_cast<int64_t>(granted->ttl.count()));
  lease.secret.set("renewable", response.lease->renewable);
  response.lease_id = lease.id;
  response.lease_duration = std::chrono::round<std::chrono::seconds>(lease.expire_time - in.now);
  response.renewable = response.lease->renewable;
  response.lease.reset();
  return {};
}

}  // namespace bao::core
