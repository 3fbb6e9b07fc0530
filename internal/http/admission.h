// Who may come in, before anything is looked at: rate limits (core/quota), then the rules for web pages' scripts (CORS,
// core/settings). Once a request, on the node that the client asked. Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "internal/core/core.h"
#include "internal/http/answer.h"
#include "internal/http/forwarding.h"
#include "internal/http/translation.h"
#include "internal/http/wire_request.h"

namespace bao::http {

struct Admitted {
  std::optional<Answer> ended;  // with this: refused, or a preflight's answer
  std::vector<std::pair<std::string, std::string>> headers;  // for whatever is answered
};

Admitted admit(core::Core& core, const WireRequest& wire, const Peer& peer, const RequestRules& rules);

}  // namespace bao::http
