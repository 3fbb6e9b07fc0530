// The proposals of this node whose fate is open: it outlives leadership, since a successor may commit them.
// Owned by the core.
#pragma once

#include <deque>
#include <vector>

#include "internal/raft/core/log_view.h"
#include "internal/raft/core/output.h"

namespace bao::raft {

class Proposals {
 public:
  void add(const Position& position) { open_.push_back(position); }
  // The log is committed up to `commit`.
  void committed(const LogView& log, Index commit, std::vector<ProposalFate>* fates);
  // The log lost `first` and all after it.
  void truncated(Index first, std::vector<ProposalFate>* fates);
  // A snapshot up to `last` took the place of the whole log.
  void replaced(Index last, std::vector<ProposalFate>* fates);

 private:
  std::deque<Position> open_;  // rising
};

}  // namespace bao::raft
