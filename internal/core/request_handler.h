// A request's way through the core (README). Thread-safe.
#pragma once

#include <memory>

#include "internal/core/parts.h"
#include "internal/logical/request.h"
#include "internal/logical/response.h"

namespace bao::core {

// The maximum of: a use count, a wrap TTL (but on sys/wrapping), a lease, a service-token login, the operation's own effect (D7).
enum class Intent : uint8_t { reads, reads_unless, writes };

class RequestHandler {
 public:
  virtual ~RequestHandler() = default;
  virtual logical::Reply handle(logical::Request request) = 0;
  // The ACL of a token, for sys/capabilities and sys/internal/ui. Error: denied when the token is unknown.
  virtual base::Result<std::shared_ptr<const Acl>> acl_of(const storage::ReadView& all, const TokenEntry& entry) const = 0;
};
std::unique_ptr<RequestHandler> make_request_handler(Core::Parts& parts);

}  // namespace bao::core
