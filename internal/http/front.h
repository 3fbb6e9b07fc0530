// From a request to its answer, without sockets: the order in which a listener's rules, the node's endpoints and the core
// get to see it. Thread-safe; exceptions end here as a 500 with the request's id.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>

#include "internal/core/core.h"
#include "internal/core/ha/cluster.h"
#include "internal/http/answer.h"
#include "internal/http/forwarding.h"
#include "internal/http/node_endpoints.h"
#include "internal/http/target.h"
#include "internal/http/translation.h"
#include "internal/http/uploads.h"
#include "internal/http/wire_request.h"

namespace bao::http {

struct FrontRules {
  TargetRules target;
  NodeRules node;
  std::string name;  // what the node calls itself in its faults; empty: nothing
  RequestRules request() const { return {target, node.body}; }
};

class Front {
 public:
  // `cluster` may be nullptr. Both outlive the front.
  Front(core::Core& core, core::Cluster* cluster, FrontRules rules) : core_(core), cluster_(cluster), rules_(std::move(rules)) {}
  // What this node may not do is done by the active one, and answered when this node has applied it, too (D11).
  Answer answer(const WireRequest& wire, const Peer& peer) const noexcept;
  // A request that another node forwarded (forwarding.h), and its answer; nothing: this node is not active, nothing was done.
  std::optional<std::string> answer_forwarded(std::string_view request) const noexcept;

 private:
  // By whoever is active in the end.
  Answer answer_admitted(const WireRequest& wire, const Peer& peer, const RequestRules& rules) const noexcept;
  // Nothing: the active node must do it.
  std::optional<Answer> route(const WireRequest& wire, const Peer& peer, const RequestRules& rules) const;
  std::optional<Answer> serve(const WireRequest& wire, Target& target, const Peer& peer, const RequestRules& rules) const;
  // What the core makes of it, and of the login that it may bring along.
  std::optional<Answer> act(logical::Request request, const Peer& peer, const BodyLimits& limits) const;
  // Nothing: this node leads by now.
  std::optional<Answer> forward(const WireRequest& wire, const Peer& peer) const;
  // With what a 5xx says beside its text; and the log is told of it.
  Answer explained(Answer answer, const WireRequest& wire) const;
  // What asking the leader came to; `upload` as encode_forwarded.
  Answer answer_of_leader(base::Result<std::string> answered) const;
  struct AllThere {};
  struct LeadsHere {};  // by now, so that the parts that were sent are of no use
  // What became of the body's parts, or why they were not taken.
  std::variant<AllThere, LeadsHere, Answer> send_parts(const WireRequest& wire, const std::string& upload) const;
  bool applied_here(base::Index index) const;
  core::Core& core_;
  core::Cluster* const cluster_;
  const FrontRules rules_;
  mutable std::atomic<uint64_t> stalled_at_{UINT64_MAX};  // what was applied while somebody waited in vain
  mutable Uploads uploads_;
};

}  // namespace bao::http
