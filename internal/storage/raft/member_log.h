// The log of this node as a member of the group: log.db opened, given its identity, and begun when it forms a group. Everything
// replicated is one group so far (ARCHITECTURE D2).
#pragma once

#include <memory>
#include <string>

#include "internal/raft/driver/state_machine.h"
#include "internal/raft/log/log_store.h"

namespace bao::storage::raft {

inline constexpr ::bao::raft::GroupId kGroup{1};

// Never used again, and positive in SQLite's signed numbers.
::bao::raft::NodeId new_node_id();
// Opens or makes the file. Errors as LogStore::open.
base::Result<std::unique_ptr<::bao::raft::LogStore>> open_member_log(const std::string& file, const std::string& vfs);
// A new group whose only voter is this node (`context`: its record). The log is unused, and belongs to nobody.
base::Status form_group(::bao::raft::LogStore& log, ::bao::raft::NodeId node, const std::string& context);

}  // namespace bao::storage::raft
