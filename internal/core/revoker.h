// Ends leases and tokens: asked by sys/leases/revoke* and auth/token/revoke*, by unmounting, and by time (one thread,
// woken by the clock's next expiry; it reads the index table of core/expiration). A lease of an engine that isn't here stays and
// is marked irrevocable in memory. Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "internal/base/result.h"
#include "internal/core/parts.h"
#include "internal/logical/request.h"

namespace bao::core {

class Revoker {
 public:
  virtual ~Revoker() = default;
  // What it writes by itself is of the reign that the caller writes for (barrier/reign.h).
  virtual void start() = 0;
  virtual void stop() = 0;  // joins the thread
  // Unknown leases are no error. Errors: invalid "failed to revoke entry: …" when the engine refuses or isn't here.
  virtual base::Status revoke_lease(const logical::Namespace& ns, std::string_view lease_id) = 0;
  // Every lease below the prefix, or the one of that id; `force` drops those whose engine refuses.
  virtual base::Status revoke_prefix(const logical::Namespace& ns, std::string_view prefix, bool force) = 0;
  // Without waiting: the lease ends now, durably, and the sweeper revokes it.
  virtual base::Status queue(const logical::Namespace& ns, std::string_view lease_id) = 0;
  // Renews a secret's lease through its engine. Errors: invalid, in the reference's words.
  virtual logical::Reply renew_lease(const logical::Namespace& ns, std::string_view lease_id, base::Duration increment) = 0;
  // Everything that has ended by now; for tests and the thread. The number ended.
  virtual base::Result<size_t> sweep() = 0;
  // Leases that could not be revoked because their engine isn't here, with the reason; those marked at rest
  // (Lease::revoke_error) are not among them.
  virtual std::map<std::string, std::string> irrevocable() const = 0;
};
// The parts outlive the revoker; parts.mounts is used from start() on.
std::unique_ptr<Revoker> make_revoker(Core::Parts& parts);

}  // namespace bao::core
