// Integrated storage: one folder with a SQLite database, for one process. Single node so far: a transaction is durable
// when it stands in state.db (synchronous=FULL); the replicated log (log.db) comes with the Raft module, and then this
// database becomes its state machine (ARCHITECTURE D1, D3).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "internal/base/result.h"
#include "internal/storage/backend.h"

namespace bao::storage::raft {

struct Options {
  // SQLite's file layer; tests put faults here.
  std::string vfs = "unix-excl";
  // Free bytes of the file system that holds the folder. Proposals are refused below base::kDiskReserveBytes.
  std::function<base::Result<uint64_t>(const std::string& folder)> free_bytes;
};

// Opens the folder, which is made when absent. Errors name the file: unavailable (in use by another process, cannot be
// opened), corrupt (damaged or truncated database), invalid (a database of OpenBao or Vault; a newer format).
base::Result<std::unique_ptr<Backend>> open(const std::string& folder, Options options = {});

}  // namespace bao::storage::raft
