// What the group's configuration carries of a member (raft::Member::context), as JSON: unknown fields are ignored. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "internal/base/result.h"
#include "internal/core/ha/cluster.h"

namespace bao::cluster {

struct MemberContext {
  core::MemberRecord record;  // its id stands beside the context
  bool non_voter = false;     // stays a learner
  std::string epoch{};        // of the cluster, when it was recovered (peers_file.h)
  bool operator==(const MemberContext&) const = default;
};

std::string encode(const MemberContext& context);
// Errors: corrupt.
base::Result<MemberContext> decode_context(uint64_t id, std::string_view text);

}  // namespace bao::cluster
