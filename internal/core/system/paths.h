// The groups of paths that make up sys/, one file each, and the few shapes of answers they share. The functions build the
// tables once, at the backend's construction; handlers run on request threads and keep nothing but the core's parts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "internal/core/parts.h"
#include "internal/logical/backend.h"

namespace bao::core::sys {

using Paths = std::vector<logical::Path>;

Paths mount_paths(Core::Parts& parts);           // mounts.cc: mounts, auth
Paths tune_paths(Core::Parts& parts);            // tune.cc: …/tune; before mount_paths
Paths remount_paths(Core::Parts& parts);         // remount.cc
Paths policy_paths(Core::Parts& parts);          // policies.cc: policy, policies/acl
Paths password_policy_paths();                   // password_policies.cc
Paths capability_paths(Core::Parts& parts);      // capabilities.cc
Paths lease_paths(Core::Parts& parts);           // leases.cc
Paths wrapping_paths(Core::Parts& parts);        // wrapping.cc
Paths tool_paths();                              // tools.cc
Paths interface_paths(Core::Parts& parts);       // internal_ui.cc: what UIs and the CLI ask first
Paths specification_paths(Core::Parts& parts);   // specification.cc: OpenAPI
Paths seal_paths(Core::Parts& parts);            // seal.cc: seal, step-down, keys and their rotation
Paths configuration_paths(Core::Parts& parts);   // configuration.cc
Paths observation_paths(Core::Parts& parts);     // observation.cc: metrics, loggers, host-info, version-history
Paths raw_paths();                               // raw.cc
Paths plugin_paths(Core::Parts& parts);          // plugins.cc
Paths unavailable_paths();                       // unavailable.cc: what this release doesn't have, said plainly

// The answer with its data at top level too (openbao-api.md 1.5).
logical::Reply spread(codec::Json data);
// An error as the core words it ("1 error occurred:\n\t* text\n\n"), with that code.
base::Error core_error(base::Code code, std::string_view text);
// "secret", "/secret" and "secret/" are "secret/".
std::string mount_path_of(std::string_view path);

}  // namespace bao::core::sys
