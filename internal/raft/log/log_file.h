// The file log.db as a database: made whole or not at all, recognised, checked. Used by the log writer.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "internal/base/result.h"
#include "internal/raft/log/log_rows.h"
#include "internal/raft/log/log_store.h"
#include "internal/sqlite/db.h"

namespace bao::raft {

// The writing connection. An absent file is made under another name first, so that an empty or half-made file of this name
// is always damage. Errors name the file: corrupt, invalid (another program's, a newer format), unavailable.
base::Result<std::unique_ptr<sqlite::Db>> open_log_file(const std::string& file, const std::string& vfs);

base::Result<LogIdentity> read_identity(sqlite::Db& db);
base::Status write_identity(sqlite::Db& db, const LogIdentity& identity);

// Every group in the order of its slot. Errors: corrupt.
base::Result<std::vector<GroupRow>> read_groups(sqlite::Db& db);
// Statement for write_group.
base::Result<sqlite::Statement> prepare_group(sqlite::Db& db);
base::Status write_group(sqlite::Statement& statement, const GroupRow& row);

}  // namespace bao::raft
