// Integrated storage behind the replicated log: a transaction is an entry of log.db (one fsync a batch), agreed on by the
// members, then applied to state.db, which needs no fsync of its own (ARCHITECTURE D1, D3).
//
//   propose ─▶ driver ─▶ log.db ─▶ committed ─▶ LoggedState (state.db) ─▶ caches, listener ─▶ answer
//
// A new folder belongs to no group: form() makes one of this node alone, which it leads as soon as its vote is on the disk;
// join() waits for a leader of somebody's group to bring the data.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
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
  DiskReserve::FreeBytes free_bytes{};
  ::bao::raft::Carrier carrier{};      // the ways to other members; empty: there are none
  std::optional<std::string> form_as{}; // a new folder is formed when it is opened, with this context
  // As DriverOptions::replace_members; asked when a member starts.
  std::function<base::Result<std::optional<::bao::raft::Configuration>>(const ::bao::raft::Configuration& known)> replace_members{};
  // As DriverOptions::storage_failed.
  std::function<void(std::string_view what, const base::Error& error)> storage_failed{};
};

// Besides what every backend promises: a change that met a full disk or a lost leadership on its way is uncertain, and may
// be made later; one that is refused because this node does not lead is needs_active. The listener runs on the thread that
// applies; of an installed snapshot it hears as of a change of everything. Before form() or join(): nothing is there, and
// changes are unavailable.
class ReplicatedStorage : public Backend {
 public:
  // Empty cluster_id: unformed. The node id is there from the beginning, kept from form() or join() on.
  virtual ::bao::raft::LogIdentity identity() const = 0;
  // A group of this node alone, with its record (Member::context); leads it when this returns. Errors: conflict.
  virtual base::Status form(const std::string& context) = 0;
  // Errors: conflict (of another group already).
  virtual base::Status join(const std::string& cluster_id) = 0;
  // nullptr: unformed.
  virtual ::bao::raft::Driver* member() = 0;
  // Applied, and its listener was called: what is kept in memory above is in step with it.
  virtual base::Index told() const = 0;
  // Hears, on the thread that applies, that all data is about to be replaced, before anybody can see that, and when nothing came of
  // it; if something did, the other listener hears of it. nullptr to unset, which waits for a call under way.
  enum class Replacing : uint8_t { begins, withdrawn };
  using ReplacingListener = std::function<void(Replacing)>;
  virtual void on_replacing(ReplacingListener listener) = 0;
  // The index at which the data took the place of other data, as applied here; 0: it never did.
  virtual base::Index data_since() const = 0;
  // Puts other data in the place of all that there is (README): gives pieces of whole records, as an archive's state.bin has
  // them, to `take`. The index of that. Errors, besides those of `pieces` and of any change: conflict (another one replaced it).
  using TakePiece = std::function<base::Status(std::string_view piece)>;
  virtual base::Result<base::Index> replace_data(const std::function<base::Status(const TakePiece& take)>& pieces) = 0;
  // Drops what a replacement that came to no end left behind.
  virtual base::Status drop_unfinished_replacement() = 0;
  // Blocks until it is applied, its listener called; false: not within that time.
  virtual bool await_applied(base::Index index, std::chrono::milliseconds at_most) = 0;
};

// Opens the folder, which is made when absent. A node that is the only voter of its group leads, and has applied everything
// that was ever acknowledged, when this returns. Errors name the file: unavailable (in use by another process, cannot be opened),
// corrupt (damaged or truncated; log and state do not fit together), invalid (a database of OpenBao or Vault; a newer format).
base::Result<std::unique_ptr<ReplicatedStorage>> open(const std::string& folder, Options options = {});

}  // namespace bao::storage::raft
