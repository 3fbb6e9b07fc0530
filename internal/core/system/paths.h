// The groups of paths that make up sys/, one file each. The functions build the tables once, at the
// backend's construction; handlers run on request threads and keep nothing but the core's parts.
#pragma once

#include <vector>

#include "internal/core/parts.h"
#include "internal/core/system/answers.h"
#include "internal/logical/backend.h"

namespace bao::core::sys {

using Paths = std::vector<logical::Path>;

Paths mount_paths(Core::Parts& parts);           // mounts.cc: mounts, auth
Paths tune_paths(Core::Parts& parts);            // tune.cc: …/tune; before mount_paths
Paths remount_paths(Core::Parts& parts);         // remount.cc
Paths policy_paths(Core::Parts& parts);          // policies.cc: policy, policies/acl
Paths password_policy_paths();                   // password_policies.cc
Paths capability_paths(Core::Parts& parts);      // capabilities.cc
Paths decision_paths(Core::Parts& parts);        // decision.cc: why a token may do something
Paths lease_paths(Core::Parts& parts);           // leases.cc
Paths mfa_paths(Core::Parts& parts);             // mfa.cc: mfa/validate
Paths wrapping_paths(Core::Parts& parts);        // wrapping.cc
Paths tool_paths();                              // tools.cc
Paths interface_paths(Core::Parts& parts);       // internal_ui.cc: what UIs and the CLI ask first
Paths inspection_paths(Core::Parts& parts);      // inspect.cc: how this node routes
Paths specification_paths(Core::Parts& parts);   // specification.cc: OpenAPI
Paths seal_paths(Core::Parts& parts);            // seal.cc: seal, step-down, keys and their rotation
Paths configuration_paths(Core::Parts& parts);   // configuration.cc
Paths cross_origin_paths();                      // cross_origin.cc
Paths ui_header_paths();                         // ui_headers.cc
Paths rate_limit_paths(Core::Parts& parts);      // rate_limits.cc: quotas
Paths in_flight_paths(Core::Parts& parts);       // in_flight.cc
Paths audit_paths(Core::Parts& parts);           // audit.cc: devices, hashes, audited headers
Paths observation_paths(Core::Parts& parts);     // observation.cc: ha-status, host-info, version-history
Paths metrics_paths(Core::Parts& parts);         // metrics.cc
Paths node_paths(Core::Parts& parts);            // node_state.cc: sys/node, what `bao debug` shows of each node
Paths logger_paths();                            // loggers.cc
Paths monitor_paths();                           // monitor.cc: the log as it is written
Paths generate_root_paths(Core::Parts& parts);   // generate_root.cc
Paths raw_paths();                               // raw.cc
Paths plugin_paths(Core::Parts& parts);          // plugins.cc
Paths unavailable_paths();                       // unavailable.cc: what this release doesn't have, said plainly

}  // namespace bao::core::sys
