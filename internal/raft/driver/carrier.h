// The driver's ways to other members: the transport's in production, direct calls in tests. Thread-safe.
#pragma once

#include <functional>
#include <string>

#include "internal/base/result.h"
#include "internal/raft/core/message.h"
#include "internal/raft/core/snapshot_piece.h"

namespace bao::raft {

struct Carrier {
  // Only enqueues. False: dropped; the core takes the peer for away.
  std::function<bool(const Envelope& envelope)> send;
  // Fetches the snapshot at `last` that `from` has offered, the records after `after`, and gives each piece to `take`, whose
  // error ends it. Blocks. Errors: unavailable (broken, or no such offer any more), corrupt.
  std::function<base::Status(NodeId from, GroupId group, Position last, const std::string& after, const TakePiece& take)>
      fetch_snapshot;
};

}  // namespace bao::raft
