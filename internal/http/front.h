// From a request to its answer, without sockets: the order in which a listener's rules, the node's endpoints and the core
// get to see it. Thread-safe; exceptions end here as a 500 with the request's id.
#pragma once

#include "internal/core/core.h"
#include "internal/http/answer.h"
#include "internal/http/node_endpoints.h"
#include "internal/http/target.h"
#include "internal/http/translation.h"
#include "internal/http/wire_request.h"

namespace bao::http {

struct FrontRules {
  TargetRules target;
  NodeRules node;
};

class Front {
 public:
  Front(core::Core& core, FrontRules rules) : core_(core), rules_(rules) {}
  Answer answer(const WireRequest& wire, const Peer& peer) const noexcept;

 private:
  Answer route(const WireRequest& wire, const Peer& peer) const;
  Answer serve(const WireRequest& wire, Target& target, const Peer& peer) const;
  core::Core& core_;
  const FrontRules rules_;
};

}  // namespace bao::http
