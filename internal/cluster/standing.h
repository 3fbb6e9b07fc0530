// Where this node and, on the leader, the others are in the log (core/ha/cluster.h: ClusterStanding, ClusterMember). Thread-safe.
#pragma once

#include <vector>

#include "internal/base/result.h"
#include "internal/cluster/commit_history.h"
#include "internal/core/ha/cluster.h"
#include "internal/storage/raft/replicated_storage.h"

namespace bao::cluster {

class Standing {
 public:
  explicit Standing(storage::raft::ReplicatedStorage& storage) : storage_(storage) {}

  // From another member; whoever sends some of these leads in their term.
  void heard(const raft::Envelope& envelope);
  // This node's own core, from time to time.
  void seen(const raft::DriverStatus& status);

  // Errors: unavailable (it belongs to no cluster, or stops).
  base::Result<core::ClusterStanding> own() const;
  base::Result<std::vector<core::ClusterMember>> members() const;

 private:
  base::Result<raft::DriverStatus> status() const;

  storage::raft::ReplicatedStorage& storage_;
  CommitHistory commits_;
};

}  // namespace bao::cluster
