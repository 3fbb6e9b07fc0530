// The words of Raft as this module uses them: ids, entries, what survives a restart. Plain values.
// Source: Ongaro, "In Search of an Understandable Consensus Algorithm" (2014), and the design in ../README.md.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "internal/base/ids.h"

namespace bao::raft {

using base::Index;
using base::Term;
using GroupId = base::StrongId<struct GroupTag, uint32_t>;
// A member for as long as it lives: a number that is never used again, 0 = nobody. Names and addresses are the context of
// a Member.
using NodeId = base::StrongId<struct NodeTag, uint64_t>;
// The index of the configuration entry that added a member: a peer that was removed and added again has another one, so
// that a late answer of its earlier life proves nothing.
using Session = base::StrongId<struct SessionTag, uint64_t>;

inline constexpr NodeId kNobody{0};

constexpr Index operator+(Index index, uint64_t n) { return Index{index.value + n}; }
constexpr Index operator-(Index index, uint64_t n) { return Index{index.value - n}; }

// Ties an entry to everything before it: hash(previous chain, index, term, kind, payload). Two logs with one chain at an
// index are equal up to there.
using Chain = std::array<uint8_t, 16>;

enum class EntryKind : uint8_t {
  noop = 0,           // a new leader's first entry
  configuration = 1,  // the payload is an encoded Configuration
  data = 2,           // opaque here; the state machine reads it
};

struct Entry {
  Index index;
  Term term;
  EntryKind kind = EntryKind::data;
  std::string payload;
  Chain chain{};
};
// Entries are shared between log, messages and the state machine, never changed after they were made.
using EntryPtr = std::shared_ptr<const Entry>;
using Entries = std::vector<EntryPtr>;

// What an entry counts in windows, caches and limits.
inline size_t entry_bytes(const Entry& entry) { return entry.payload.size() + 64; }

struct Position {
  Index index;
  Term term;
  auto operator<=>(const Position&) const = default;
};

// What must be durable before a promise that rests on it leaves. Term and vote change together.
struct HardState {
  Term term;
  NodeId vote = kNobody;
  Index commit;  // a hint: the commit index is at least this
  bool operator==(const HardState&) const = default;
};

// Where a log begins: the entry just before its first one, which the state machine holds.
struct LogStart {
  Position position;
  Chain chain{};
  bool operator==(const LogStart&) const = default;
};

// A run of entries of one term: with it the core knows the term of every index without the disk.
struct TermRun {
  Index first;
  Term term;
  bool operator==(const TermRun&) const = default;
};

}  // namespace bao::raft
