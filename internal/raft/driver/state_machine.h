// What the driver applies committed entries to, and where snapshots come from and go to. Implemented by storage/raft on
// state.db; by a model in tests.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"
#include "internal/raft/core/configuration.h"
#include "internal/raft/core/message.h"
#include "internal/raft/core/snapshot_piece.h"
#include "internal/raft/core/types.h"

namespace bao::raft {

// Where a state machine stands: the last entry it applied.
struct AppliedPosition {
  Position position;
  Chain chain{};
  bool operator==(const AppliedPosition&) const = default;
};

// What a state machine says about itself when a node starts, read in one transaction with its data.
struct HeldState {
  SnapshotMeta at;         // the last entry applied (term 0 with an index: data from before there was a log), the members then
  bool installed = false;  // its content came from a snapshot at exactly that place, and nothing was applied since
};

// One consistent copy, read while writes go on. Owned by one thread at a time.
class SnapshotReader {
 public:
  virtual ~SnapshotReader() = default;
  virtual const SnapshotMeta& meta() const = 0;
  // The records after `after` ("": from the start). Errors: corrupt, unavailable.
  virtual base::Result<SnapshotPiece> read(std::string_view after) = 0;
};

// Owned by the applier thread, but for the members that say otherwise.
class StateMachine {
 public:
  virtual ~StateMachine() = default;
  virtual AppliedPosition applied() const = 0;
  virtual HeldState held() const = 0;
  // What survives a power loss; at most applied(). The log is never cut above it. Thread-safe.
  virtual Index durable() const = 0;

  // Applies entries in order, contiguous after applied(), in one transaction. One result for each: the answer of its
  // proposer (a conflict is such a result, the same on every node). An error of the whole: nothing was applied (a full
  // disk: unavailable; the driver tries again, because what is committed cannot be refused).
  virtual base::Result<std::vector<base::Status>> apply(std::span<const EntryPtr> entries) = 0;
  // Upkeep when there is nothing to apply, or much was: checkpoints move durable() on.
  virtual void rest() = 0;

  // A copy to stream. Thread-safe; makes no writer wait.
  virtual base::Result<std::unique_ptr<SnapshotReader>> snapshot() = 0;
  // Receiving one, beside the state in force: begin (answers the last key that an earlier
  // attempt at the same snapshot has stored, "": none), pieces in order, then finish, which takes its place in one
  // durable step. Reads go on with the old
  // state until then.
  virtual base::Result<std::string> begin_install(const SnapshotMeta& meta) = 0;
  virtual base::Status install(const SnapshotPiece& piece) = 0;
  virtual base::Status finish_install(const SnapshotMeta& meta) = 0;
};

}  // namespace bao::raft
