// What the configuration says about joining a cluster (internal/cluster/join.h).
#pragma once

#include <vector>

#include "internal/base/result.h"
#include "internal/config/config.h"
#include "internal/core/ha/joining.h"

namespace bao::server {

// Whom to ask; empty: nobody, until an operator says `raft join`. Error: retry_join_as_non_voter without retry_join.
base::Result<std::vector<core::JoinTarget>> join_targets(const config::Storage& storage);

}  // namespace bao::server
