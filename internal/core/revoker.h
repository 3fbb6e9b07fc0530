// Ends leases and tokens: asked by sys/leases/revoke* and auth/token/revoke*, by unmounting, and by time (one thread,
// woken by the clock's next expiry; it reads the index table of core/expiration, and rests twice as long as it works). A lease
// whose engine isn't here, or refuses again and again, stays and is marked irrevocable. Thread-safe.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "internal/base/result.h"
#include "internal/core/parts.h"
#include "internal/logical/request.h"

namespace bao::core {

inline constexpr int64_t kQueuedAtOnceMax = 64;

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
  // Without waiting: these leases end now, durably and all at once, and the sweeper revokes them. At most kQueuedAtOnceMax.
  virtual base::Status queue(const logical::Namespace& ns, std::span<const std::string> lease_ids) = 0;
  // Renews a secret's lease through its engine. Errors: invalid, in the reference's words.
  virtual logical::Reply renew_lease(const logical::Namespace& ns, std::string_view lease_id, base::Duration increment) = 0;
  // Everything that has ended by now, without a rest. The number ended.
  virtual base::Result<size_t> sweep() = 0;
  // Ends leases that nothing else would end: those without a token, or whose token is gone.
  virtual base::Status tidy() = 0;
};
// The parts outlive the revoker; parts.mounts is used from start() on.
std::unique_ptr<Revoker> make_revoker(Core::Parts& parts);

}  // namespace bao::core
