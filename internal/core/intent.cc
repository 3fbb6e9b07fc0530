#include "internal/core/intent.h"

#include <variant>

namespace bao::core {
namespace {

Intent of_effect(const logical::Handler& handler) {
  if (handler.creates_lease) return Intent::writes;
  if (std::holds_alternative<logical::ReadsUnless>(handler.effect)) return Intent::reads_unless;
  if (!std::holds_alternative<logical::Reads>(handler.effect)) return Intent::writes;
  return Intent::reads;
}

}  // namespace

// Rewrapping wraps by itself and keeps the original TTL (observed.md).
bool may_be_wrapped(const logical::Request& request) {
  return request.wrap_ttl && request.path != "sys/wrapping/rewrap";
}

Intent request_intent(const logical::Request& request, const logical::Handler* handler, const TokenEntry* token) {
  if (token != nullptr && token->num_uses > 0) return Intent::writes;
  if (handler == nullptr) return Intent::reads;
  if (handler->is_login && !std::holds_alternative<logical::Writes>(handler->effect)) return Intent::logs_in;
  if (may_be_wrapped(request)) return Intent::writes;
  return of_effect(*handler);
}

}  // namespace bao::core
