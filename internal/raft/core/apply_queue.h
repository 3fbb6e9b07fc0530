// What the state machine has been given and what it has applied: committed entries in order, each once, bounded in bytes.
// Owned by the core.
#pragma once

#include <deque>
#include <optional>

#include "internal/raft/core/types.h"

namespace bao::raft {

struct ApplyQueue {
  struct Handed { Index end; size_t bytes; };

  Index applied;                       // done
  Index handed;                        // given; applied <= handed
  std::deque<Handed> outstanding;
  size_t outstanding_bytes = 0;
  std::optional<uint64_t> load_ticket; // entries to be given that are no longer in memory
  Entries loaded;
};

}  // namespace bao::raft
