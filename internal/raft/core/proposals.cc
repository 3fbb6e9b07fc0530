// Fates.
#include "internal/raft/core/proposals.h"

#include <utility>

namespace bao::raft {

using Kind = ProposalFate::Kind;

void Proposals::committed(const LogView& log, Index commit, std::vector<ProposalFate>* fates) {
  while (!open_.empty() && open_.begin()->index <= commit) {
    const Position position = open_.extract(open_.begin()).value();
    fates->push_back({log.contains(position) ? Kind::committed : Kind::superseded, position});
  }
  const Term newest = *log.term_at(commit);
  if (std::exchange(committed_term_, newest) == newest) return;
  std::erase_if(open_, [&](const Position& position) {
    if (position.term >= newest) return false;
    fates->push_back({Kind::superseded, position});
    return true;
  });
}

// What stood behind the snapshot's last entry followed one that is not the group's, so it never will be.
void Proposals::replaced(Index last, std::vector<ProposalFate>* fates) {
  for (const Position& position : open_) {
    fates->push_back({position.index <= last ? Kind::unknown : Kind::superseded, position});
  }
  open_.clear();
}

}  // namespace bao::raft
