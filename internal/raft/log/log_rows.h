// The rows of log.db and their checksums: what is bound to statements and what must hold of what comes back.
//
//   log(id = slot << 44 | index, term, kind, checksum, chain, payload)
//   hard_state(slot, group_id, term, vote, commit_hint, start_*, last_*, configuration_index, configuration, checksum)
//
// A slot is a group's number in this file, counted from 0: entries of one group lie together, appended at its right edge.
// Pure functions and values.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "internal/base/result.h"
#include "internal/raft/core/types.h"

namespace bao::raft {

inline constexpr int kIndexBits = 44;
inline constexpr uint32_t kSlotsMax = uint32_t{1} << 19;  // so that an id stays positive
inline constexpr uint64_t kIndexMax = (uint64_t{1} << kIndexBits) - 1;

constexpr int64_t row_id(uint32_t slot, Index index) {
  return static_cast<int64_t>(uint64_t{slot} << kIndexBits | index.value);
}

// Columns in the order of kEntryColumns; the views live as long as the row does.
inline constexpr std::string_view kEntryColumns = "id, term, kind, checksum, chain, payload";
struct EntryRow {
  int64_t id, term, kind, checksum;
  std::string_view chain, payload;
};

// What one group has beside its entries. Written with every batch, so that a log that lost its newest rows is found.
struct GroupRow {
  uint32_t slot = 0;
  GroupId group;
  HardState hard;
  LogStart start, last;
  Index configuration_index;  // of the configuration in force at `start`
  std::string configuration;  // encoded
};

std::string_view view(const Chain& chain);
// Index, term and kind, little-endian.
std::array<char, 17> entry_header(Index index, Term term, EntryKind kind);
// CRC-32C over group, index, term, kind, chain and payload.
uint32_t checksum(GroupId group, const Entry& entry);
uint32_t checksum(const GroupRow& row);

// Fills `entry`, keeping its payload's memory. Code::corrupt, naming the index, when the row is not the entry `expected`
// of this group or its checksum does not match.
base::Status decode(const GroupRow& group, Index expected, const EntryRow& row, Entry& entry);
// Code::corrupt when the checksum does not match or a rule of the row does not hold. `slot` is the one expected.
base::Status validate(const GroupRow& row, uint32_t slot, int64_t checksum_read);

}  // namespace bao::raft
