// Integrated storage behind the replicated log: a transaction is an entry of log.db (one fsync a batch), agreed on by the
// members, then applied to state.db, which needs no fsync of its own (ARCHITECTURE D1, D3).
//
//   propose ─▶ driver ─▶ log.db ─▶ committed ─▶ LoggedState (state.db) ─▶ caches, listener ─▶ answer
//
// A new folder becomes a group of this node alone: it leads as soon as its vote is on the disk.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "internal/base/result.h"
#include "internal/raft/driver/driver.h"
#include "internal/storage/backend.h"
#include "internal/storage/raft/disk_reserve.h"

namespace bao::storage::raft {

struct Options {
  std::string vfs = "unix-excl";       // SQLite's file layer; tests put faults here
  // Free bytes of the folder's file system; writes are refused below base::kDiskReserveBytes. Empty: what the system says.
  DiskReserve::FreeBytes free_bytes;
  std::string context;                 // name and addresses of this node, for the first configuration
  ::bao::raft::Carrier carrier;        // the ways to other members; empty: there are none
  // As DriverOptions::storage_failed.
  std::function<void(std::string_view what, const base::Error& error)> storage_failed;
};

// Besides what every backend promises: a change that met a full disk or a lost leadership on its way is uncertain, and may
// be made later; one that is refused because this node does not lead is unavailable. The listener runs on the thread that
// applies. An installed snapshot empties the caches here; the owners of decoded objects above are not told of it yet.
class ReplicatedStorage : public Backend {
 public:
  virtual ::bao::raft::Driver& member() = 0;
};

// Opens the folder, which is made when absent. A node that is its only voter leads, and has applied everything that was
// ever acknowledged, when this returns. Errors name the file: unavailable (in use by another process, cannot be opened),
// corrupt (damaged or truncated; log and state do not fit together), invalid (a database of OpenBao or Vault; a newer format).
base::Result<std::unique_ptr<ReplicatedStorage>> open(const std::string& folder, Options options = {});

}  // namespace bao::storage::raft
