// Proposals applied to state.db alone. For tests.
#pragma once

#include <utility>
#include <vector>

#include "internal/storage/raft/state_machine.h"

namespace bao::storage::raft {

// All in one transaction.
inline base::Status apply_without_log(StateMachine& machine, std::vector<Proposal> proposals) {
  ASSIGN_OR_RETURN(auto transaction, sqlite::Transaction::begin(machine.db(), sqlite::Transaction::Kind::write));
  StateMachine::Changes changes;
  for (Proposal& proposal : proposals) {
    ASSIGN_OR_RETURN(const auto outcome, machine.apply_at(base::Index{machine.applied().value + 1}, std::move(proposal), changes));
    TRY(outcome.answer);
  }
  ASSIGN_OR_RETURN(auto save, machine.db().prepare("UPDATE meta SET applied_index = ?1, apply_hash = ?2 WHERE id = 1"));
  TRY(save.bind(1, static_cast<int64_t>(machine.applied().value)).bind(2, machine.apply_hash()).run());
  return transaction.commit();
}

}  // namespace bao::storage::raft
