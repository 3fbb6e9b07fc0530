// What is checked of a history. Each check names its findings; none of them is ever a matter of luck. Pure functions,
// thread-safe.
#pragma once

#include <string>
#include <vector>

#include "internal/testing/linear/history.h"
#include "internal/testing/linear/search.h"

namespace bao::testing::linear {

struct Finding {
  std::string check;                // values, indexes, sessions, order
  std::string text;
  std::vector<size_t> operations;   // positions in the history: the fewest that show it
  std::optional<size_t> stuck;      // of `operations`, the one that nothing explains
};

// A value that was read, or met by a cas, was never written, only written by what was refused, or written later.
std::vector<Finding> check_values(const History& history);
// Of operations that carry an index: one that begins after another ended is not older (a write: newer); what was read is
// what the key held at that index; what was acknowledged is in the log, what was refused isn't, nothing is there twice.
// Without `applied` the acknowledged writes stand in for the log. No search: n log n.
std::vector<Finding> check_indexes(const History& history);
// A client's index never goes back; at one node a client reads what it wrote or read there before, or something newer.
std::vector<Finding> check_sessions(const History& history);

struct OrderReport {
  std::vector<Finding> findings;       // at most one a key
  std::vector<std::string> undecided;  // keys that a limit stopped, and which
  uint64_t steps = 0;
};
// Linearizability by search, key by key; `limits` hold for each key.
OrderReport check_order(const History& history, const Limits& limits);

struct Report {
  Verdict verdict = Verdict::linearizable;  // unknown only where nothing was found; it is a failed run
  std::vector<Finding> findings;
  std::vector<std::string> undecided;
  uint64_t steps = 0;
};
Report check(const History& history, const Limits& limits = {});

// For people: each finding (the first few of a check) with a drawing of its operations over time.
std::string describe(const Report& report, const History& history);

}  // namespace bao::testing::linear
