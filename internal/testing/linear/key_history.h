// The model of one key, and a key's operations made ready for the search. Plain values; pure functions, thread-safe.
#pragma once

#include <cstdint>
#include <vector>

#include "internal/testing/linear/history.h"
#include "internal/testing/linear/search.h"

namespace bao::testing::linear {

struct RegisterOperation {
  Kind kind = Kind::get;
  Outcome outcome = Outcome::ok;
  uint32_t expected = 0, value = 0;
  bool operator==(const RegisterOperation&) const = default;
};

// Holds the number of a value; 0 = absent, as in the beginning.
struct Register {
  using State = uint32_t;
  using Operation = RegisterOperation;
  static State initial() { return 0; }
  static bool step(State& state, const Operation& operation);
};

struct KeyHistory {
  std::vector<Timed<RegisterOperation>> operations;
  std::vector<size_t> sources;  // where each came from, as a position in what was given
  std::vector<Value> values;    // by number
};

using OperationList = std::vector<const Operation*>;

// Operations of one key. Leaves out what says nothing about order: refusals, reads without an answer, local reads, and
// unknown writes that nobody can have seen.
KeyHistory key_history(const OperationList& operations);

// When a key may have held what a write wrote: from its call to the end of the first write that was called after it
// returned. Empty (from > to) for what doesn't write.
struct Tenure {
  int64_t from = kNever, to = 0;
};
std::vector<Tenure> tenures_of(const OperationList& operations);

// A mismatch that may have met a key with what it expected, so that a write must have replaced it: one that ended after
// `from`, when a write of the expected value was called, and began before the mismatch returned.
struct Look {
  size_t mismatch;  // a position in what was given
  int64_t from;
};
std::vector<Look> looks_of(const OperationList& operations);

// Whether it says what its key held, or must not have held: a read's value, what a cas expected.
bool observes_value(const Operation& operation);
inline const Value& observed_value(const Operation& o) { return is_read(o) ? o.value : o.expected; }

}  // namespace bao::testing::linear
