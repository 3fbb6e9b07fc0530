// What a node answers without a token and while sealed: sys/init, seal-status, unseal, health, leader, storage/raft/join; and
// the methods of sys/seal and sys/step-down (openbao-api.md 2.1). Bare JSON, members in the reference's order. Thread-safe.
#pragma once

#include <optional>
#include <string_view>

#include "internal/core/core.h"
#include "internal/core/ha/cluster.h"
#include "internal/core/ha/joining.h"
#include "internal/http/answer.h"
#include "internal/http/request_body.h"
#include "internal/http/target.h"
#include "internal/http/wire_request.h"

namespace bao::http {

// Which forms of what operators do by their shares alone, without a token, a listener takes.
struct UnauthenticatedShares {
  bool generate_root = false;  // sys/generate-root/*
  bool rekey = false;          // sys/rekey/*, sys/rekey-recovery-key/*
};

struct NodeRules {
  bool profiles_for_anybody = false;  // sys/pprof without a token, sealed or not
  int standby_health_code = 429;
  BodyLimits body;
  core::Joining* joining = nullptr;  // outlives the server; nullptr: there is no cluster to join
  UnauthenticatedShares shares;
};

// The answer, or nothing when the path is none of these and goes on to the core.
// `cluster` may be nullptr.
std::optional<Answer> answer_node_endpoint(core::Core& core, core::Cluster* cluster, const NodeRules& rules, const WireRequest& wire,
                                           const Target& target);

// Paths that a request with a namespace header can't have: those of the node itself.
bool is_unavailable_in_namespaces(std::string_view path);
// Paths that tell of the node which was asked: another one's answer would be a wrong one.
bool is_of_this_node_alone(std::string_view path);

}  // namespace bao::http
