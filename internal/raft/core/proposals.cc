// Fates.
#include "internal/raft/core/proposals.h"

namespace bao::raft {

using Kind = ProposalFate::Kind;

void Proposals::committed(const LogView& log, Index commit, std::vector<ProposalFate>* fates) {
  for (; !open_.empty() && open_.front().index <= commit; open_.pop_front()) {
    fates->push_back({log.contains(open_.front()) ? Kind::committed : Kind::superseded, open_.front()});
  }
}

void Proposals::truncated(Index first, std::vector<ProposalFate>* fates) {
  auto lost = open_.begin();
  while (lost != open_.end() && lost->index < first) ++lost;
  for (auto proposal = lost; proposal != open_.end(); ++proposal) fates->push_back({Kind::superseded, *proposal});
  open_.erase(lost, open_.end());
}

void Proposals::replaced(Index last, std::vector<ProposalFate>* fates) {
  for (const Position& position : open_) {
    fates->push_back({position.index <= last ? Kind::unknown : Kind::superseded, position});
  }
  open_.clear();
}

}  // namespace bao::raft
