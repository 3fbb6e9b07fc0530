// At a start two files must agree: the log and the state machine, which are made durable apart. The state machine may be
// behind (it loses its newest transactions at a power loss; the log has them) and, after an installed snapshot alone, ahead.
// Pure functions; the table of all cases is recovery_test.cc. No times of files, no guesses.
#pragma once

#include <optional>
#include <string>

#include "internal/raft/core/types.h"

namespace bao::raft {

// What the state machine says about itself, read in one transaction with its data.
struct AppliedState {
  LogStart at;             // the last entry applied; term 0 with an index: data from before there was a log
  bool installed = false;  // its content came from a snapshot at exactly `at`, and nothing was applied since
};
// What the log says.
struct LogEnds {
  LogStart start;
  Index last;
  Index commit;                        // hint
  std::optional<LogStart> at_applied;  // LogStore::at(applied index)
};

struct Reconciliation {
  enum class Verdict {
    go_on,   // replay from the applied index
    drop,    // the whole log is older than the state: reset it to begin after the applied entry, keep term and vote
    refuse,  // never start as a member: something is lost; `reason` says what
  };
  Verdict verdict;
  Index commit;  // at least this is committed; go_on and drop
  std::string reason;
};

Reconciliation reconcile(const LogEnds& log, const AppliedState& applied);

}  // namespace bao::raft
