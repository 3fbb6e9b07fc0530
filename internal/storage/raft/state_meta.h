// The row of meta: where in the log the state stands. Read in one transaction with the data it belongs to.
#pragma once

#include <string>

#include "internal/base/result.h"
#include "internal/raft/core/message.h"
#include "internal/sqlite/db.h"

namespace bao::storage::raft {

struct StateMeta {
  ::bao::raft::SnapshotMeta position;
  bool installed = false;  // the content came from a snapshot at exactly this position
  std::string apply_hash;
};

// Errors: corrupt.
base::Result<StateMeta> read_state_meta(sqlite::Db& db);
// Parameters of write_state_meta.
base::Result<sqlite::Statement> prepare_state_meta(sqlite::Db& db);
base::Status write_state_meta(sqlite::Statement& statement, const StateMeta& meta);

}  // namespace bao::storage::raft
