// A request's way through the core (README). Thread-safe.
#pragma once

#include <memory>

#include "internal/core/lockout.h"
#include "internal/core/parts.h"
#include "internal/logical/request.h"
#include "internal/logical/response.h"

namespace bao::core {

class RequestHandler {
 public:
  virtual ~RequestHandler() = default;
  // As Core::handle and Core::log_in.
  virtual logical::Reply handle(logical::Request&& request, const Origin& origin, Core::InlineCaller caller) = 0;
  virtual Core::InlineLogin log_in(logical::Request&& request, const Origin& origin) = 0;
  // The ACL of a token, for sys/capabilities and sys/internal/ui. Error: denied when the token is unknown.
  virtual base::Result<std::shared_ptr<const Acl>> acl_of(const storage::ReadView& all, const TokenEntry& entry) const = 0;
  // No new requests (they are answered as unavailable); waits for those under way, at most that long. True: all are done.
  virtual bool drain(base::Duration at_most) = 0;
  // For sys/locked-users.
  virtual FailedLogins& failed_logins() = 0;
};
std::unique_ptr<RequestHandler> make_request_handler(Core::Parts& parts);

}  // namespace bao::core
