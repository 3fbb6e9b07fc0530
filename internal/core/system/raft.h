// The paths of sys/storage/raft: raft.cc (configuration), raft_snapshot.cc (all data as one archive), raft_members.cc (changing members), raft_bootstrap.cc
// (taking in new ones), raft_autopilot.cc (how they are). Only where raft keeps the data.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "internal/core/ha/cluster.h"
#include "internal/core/system/paths.h"

namespace bao::core::sys {

// What the files hold; raft_paths is all of them, or nothing on other storages.
Paths raft_paths(Core::Parts& parts);
Paths raft_snapshot_paths(Core::Parts& parts);
Paths raft_member_paths(Core::Parts& parts);
Paths raft_bootstrap_paths(Core::Parts& parts);
Paths raft_autopilot_paths(Core::Parts& parts);

// ---- shared by them

// "https://127.0.0.1:8201" as peers know each other: without the scheme.
std::string peer_address(std::string_view cluster_address);
// Closed under what protects the root key, never under that key itself.
base::Result<std::string> wrap_by_seal(const Core::Parts& parts, const storage::ReadView& all, std::string_view plain);
// What that opens again. Errors: those of the wrapper.
base::Result<base::SecretBytes> unwrap_by_seal(const Core::Parts& parts, const storage::ReadView& all, std::string_view blob);
// The members of the cluster; of a node without one, itself alone.
base::Result<std::vector<ClusterMember>> members_of(const Core::Parts& parts);
// An operation that reads what the leader alone knows: forwarded there (D7).
logical::Effect reads_on_leader(const Core::Parts& parts, logical::ReadHandler run);

}  // namespace bao::core::sys
