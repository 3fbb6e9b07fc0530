// The proposals of this node whose fate is open: it outlives leadership, since a successor may commit them, and even their
// truncation here: whoever wrote another entry in their place may lose the leadership to one who still has them (paper,
// figure 8). Only what is committed decides: at their index, or, as terms never fall along a log, of a newer term before it.
// Owned by the core.
#pragma once

#include <set>
#include <vector>

#include "internal/raft/core/log_view.h"
#include "internal/raft/core/output.h"

namespace bao::raft {

class Proposals {
 public:
  void add(const Position& position) { open_.insert(position); }
  // The log is committed up to `commit`.
  void committed(const LogView& log, Index commit, std::vector<ProposalFate>* fates);
  // A snapshot up to `last` took the place of the whole log.
  void replaced(Index last, std::vector<ProposalFate>* fates);

 private:
  std::set<Position> open_;
  Term committed_term_;
};

}  // namespace bao::raft
