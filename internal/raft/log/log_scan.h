// Reads a group's whole log once, row by row in constant memory, and checks it: no index is missing, every checksum and
// every chain holds, the end is where the hard state says. Also what recovery needs to know of it.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "internal/base/result.h"
#include "internal/raft/core/configuration.h"
#include "internal/raft/core/options.h"
#include "internal/raft/log/log_rows.h"
#include "internal/sqlite/db.h"

namespace bao::raft {

struct LogSummary {
  std::vector<TermRun> runs;
  ConfigurationHistory configurations;
  uint64_t bytes = 0;
};

// Errors: corrupt, naming the index.
base::Result<LogSummary> scan(sqlite::Db& db, const GroupRow& group, ChainFunction chain);

// The columns of kEntryColumns under a statement that stands on a row.
EntryRow entry_row(const sqlite::Statement& statement);

}  // namespace bao::raft
