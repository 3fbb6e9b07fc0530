// The data of a snapshot on its way: outside of the core, which only orders it.
#pragma once

#include <functional>
#include <string>

#include "internal/base/result.h"

namespace bao::raft {

// Records in key order, in the state machine's own encoding, at most 1 MiB of them.
struct SnapshotPiece {
  std::string records;
  std::string last_key;  // everything up to and including it stands in this piece or an earlier one
  bool last = false;
};
using TakePiece = std::function<base::Status(const SnapshotPiece& piece)>;

}  // namespace bao::raft
