// Ends or renews one lease: a token's through the token store, a secret's through the engine that gave it
// (logical::Backend::revoke and renew). Holds no state; thread-safe.
//
// What an engine gets: operation revoke or renew, the lease's path, and as data {"secret": what Response::lease became at rest
// (openbao-storage.md 4), "data": the answer's data, "increment": seconds asked for}. It answers a renewal with
// Response::lease; its ttl and max_ttl are the wish, the mount's limits apply.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "internal/barrier/barrier.h"
#include "internal/core/mounts/router.h"
#include "internal/core/token/token_store.h"

namespace bao::core {

// Of storage and the node's state, not of the engine: never a reason to give a lease up.
bool is_of_this_node(const base::Error& error);

class LeaseRevocation {
 public:
  // The mount that serves a path, or nullptr.
  using MountOf = std::function<std::shared_ptr<const Mount>(std::string_view path)>;
  LeaseRevocation(barrier::Barrier& barrier, const TokenStore& tokens, const Expiration& expiration, const base::Clock& clock,
                  MountOf mount_of)
      : barrier_(barrier), tokens_(tokens), expiration_(expiration), clock_(clock), mount_of_(std::move(mount_of)) {}

  // Errors: unsupported when no engine here can revoke it; what the engine answers.
  base::Status end(const logical::Namespace& ns, const Lease& lease) const;
  // In one transaction those of the `chosen` that are of tokens of which nothing else hangs; the ids that are left want more than that.
  base::Result<std::vector<std::string>> end_together(const logical::Namespace& ns, const std::vector<std::string>& ids,
                                                      const std::function<bool(const Lease&)>& chosen) const;
  // Their time is over, durably and of all at once; an irrevocable one is tried anew.
  base::Status queue(const logical::Namespace& ns, std::span<const std::string> ids) const;
  // Forgets the lease without asking its engine.
  base::Status drop(const logical::Namespace& ns, const Lease& lease) const;
  logical::Reply renew(const logical::Namespace& ns, std::string_view lease_id, base::Duration increment) const;

 private:
  logical::Request request_for(const logical::Namespace& ns, const Lease& lease, const Mount& mount,
                               logical::Operation operation, base::Duration increment) const;
  base::Status end_token(const logical::Namespace& ns, const Lease& lease) const;
  base::Status end_secret(const logical::Namespace& ns, const Lease& lease) const;
  logical::Reply renew_in(storage::WriteView& all, const logical::Namespace& ns, std::string_view lease_id,
                          base::Duration increment) const;
  base::Status grant(storage::WriteView& all, const Mount& mount, base::Duration increment, Lease& lease,
                     logical::Response& response) const;

  barrier::Barrier& barrier_;
  const TokenStore& tokens_;
  const Expiration& expiration_;
  const base::Clock& clock_;
  MountOf mount_of_;
};

}  // namespace bao::core
