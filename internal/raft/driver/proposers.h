// Who waits for which entry. Owned by the core thread.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "internal/raft/core/output.h"
#include "internal/raft/driver/waiter.h"

namespace bao::raft {

class Proposers {
 public:
  // Of one index there may be several: an entry of ours that was superseded by another one of ours, until its fate is told.
  void add(Position position, WaiterPtr<Index> waiter) { waiting_.emplace(position, std::move(waiter)); }

  // The one that waits for exactly this entry, taken out; nullptr when there is none.
  WaiterPtr<Index> take(Position position) {
    const auto found = waiting_.find(position);
    if (found == waiting_.end()) return nullptr;
    WaiterPtr<Index> waiter = std::move(found->second);
    waiting_.erase(found);
    return waiter;
  }
  // Committed ones are answered when they are applied, with the result of that.
  void tell(const ProposalFate& fate) {
    if (fate.kind == ProposalFate::Kind::committed) return;
    const WaiterPtr<Index> waiter = take(fate.position);
    if (!waiter) return;
    if (fate.kind == ProposalFate::Kind::superseded)
      waiter->answer(base::Error(base::Code::needs_active, "raft: another leader's entry took the place of this change; it was not made"));
    else
      waiter->answer(base::Error(base::Code::uncertain, "raft: a snapshot was installed meanwhile; the change may have been made"));
  }
  bool any() const { return !waiting_.empty(); }
  void end(const std::string& why) {
    for (auto& [position, waiter] : std::exchange(waiting_, {}))
      waiter->answer(base::Error(base::Code::uncertain, why));
  }

 private:
  std::map<Position, WaiterPtr<Index>> waiting_;
};

}  // namespace bao::raft
