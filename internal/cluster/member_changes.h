// Members that come, go, and get or lose their vote because somebody asks for it (core/ha/cluster.h). Thread-safe.
#pragma once

#include <functional>
#include <string>

#include "internal/base/result.h"
#include "internal/cluster/leadership.h"
#include "internal/core/ha/cluster.h"
#include "internal/storage/raft/replicated_storage.h"

namespace bao::cluster {

class MemberChanges {
 public:
  MemberChanges(storage::raft::ReplicatedStorage& storage, Leadership& leadership) : storage_(storage), leadership_(leadership) {}
  base::Status add(const core::MemberRecord& record, bool non_voter);
  base::Status change(const std::string& name, raft::ChangeStep::Kind kind);

 private:
  // The steps by what the configuration is when they are proposed; none: nothing to do.
  using Steps = std::function<base::Result<raft::ConfigurationChange>(const raft::Configuration& now)>;
  base::Status make(const Steps& steps);

  storage::raft::ReplicatedStorage& storage_;
  Leadership& leadership_;
};

}  // namespace bao::cluster
