// A snapshot to stream: state.db in one read transaction of a connection of its own, so that position and data are of one
// moment. The WAL cannot start over meanwhile.
#pragma once

#include <memory>
#include <string>

#include "internal/base/result.h"
#include "internal/raft/driver/state_machine.h"

namespace bao::storage::raft {

// Thread-safe. Errors: corrupt, unavailable.
base::Result<std::unique_ptr<::bao::raft::SnapshotReader>> open_state_reader(const std::string& file, const std::string& vfs);

}  // namespace bao::storage::raft
