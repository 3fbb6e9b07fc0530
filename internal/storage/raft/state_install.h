// Receiving a snapshot beside the state in force: its records go into tables of their own, which take the place of the old
// ones in one transaction. What was received survives a restart, so that a broken stream goes on. On the writing connection.
#pragma once

#include <string>

#include "internal/base/result.h"
#include "internal/raft/driver/state_machine.h"
#include "internal/sqlite/db.h"

namespace bao::storage::raft {

class StateInstall {
 public:
  explicit StateInstall(sqlite::Db& db) : db_(db) {}
  // As StateMachine::begin_install of raft/driver. Anything of another snapshot is dropped.
  base::Result<std::string> begin(const ::bao::raft::SnapshotMeta& meta);
  // Errors: invalid (none was begun), corrupt (damaged records; nothing of the piece was stored), unavailable.
  base::Status add(const ::bao::raft::SnapshotPiece& piece);
  // The swap, in the synchronous mode in force, of what was verified against the trailer. Errors: invalid (another one, or its
  // last piece is missing), corrupt (not what was sent; all of it is dropped), unavailable.
  base::Status finish(const ::bao::raft::SnapshotMeta& meta);

 private:
  base::Status store(const ::bao::raft::SnapshotPiece& piece);
  base::Status verify(const ::bao::raft::SnapshotMeta& meta);
  base::Status swap(const ::bao::raft::SnapshotMeta& meta);
  base::Result<bool> under_way();

  sqlite::Db& db_;
};

}  // namespace bao::storage::raft
