// The log of this node as a member of the group: log.db opened, given its identity, and begun when it is new. Everything
// replicated is one group so far (ARCHITECTURE D2).
#pragma once

#include <memory>
#include <string>

#include "internal/raft/driver/state_machine.h"
#include "internal/raft/log/log_store.h"

namespace bao::storage::raft {

inline constexpr ::bao::raft::GroupId kGroup{1};

// Opens or makes the file. An unused log beside an empty state begins with a configuration whose only voter is this node
// (`context`: its name and addresses); any other state is left to the reconciliation at the driver's start. Errors as
// LogStore::open.
base::Result<std::unique_ptr<::bao::raft::LogStore>> open_member_log(const std::string& file, const std::string& vfs,
                                                                     const ::bao::raft::HeldState& held,
                                                                     const std::string& context);

}  // namespace bao::storage::raft
