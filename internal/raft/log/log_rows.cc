#include "internal/raft/log/log_rows.h"

#include <cstring>

#include "internal/codec/crc32c.h"

namespace bao::raft {
namespace {

template <typename... Numbers>
std::array<char, 8 * sizeof...(Numbers)> little_endian(Numbers... numbers) {
  std::array<char, 8 * sizeof...(Numbers)> out;
  size_t at = 0;
  for (const uint64_t number : {static_cast<uint64_t>(numbers)...}) {
    for (int shift = 0; shift < 64; shift += 8) out[at++] = static_cast<char>(number >> shift & 0xff);
  }
  return out;
}

template <size_t n>
std::string_view text(const std::array<char, n>& bytes) {
  return {bytes.data(), n};
}

base::Error broken(Index index, std::string_view what) {
  return base::corrupt("the log is damaged at index " + std::to_string(index.value) + ": " + std::string(what));
}

}  // namespace

std::string_view view(const Chain& chain) { return {reinterpret_cast<const char*>(chain.data()), chain.size()}; }

std::array<char, 17> entry_header(Index index, Term term, EntryKind kind) {
  std::array<char, 17> out;
  const auto numbers = little_endian(index.value, term.value);
  std::memcpy(out.data(), numbers.data(), numbers.size());
  out.back() = static_cast<char>(kind);
  return out;
}

uint32_t checksum(GroupId group, const Entry& entry) {
  uint32_t crc = codec::crc32c(text(little_endian(group.value)));
  crc = codec::crc32c(text(entry_header(entry.index, entry.term, entry.kind)), crc);
  crc = codec::crc32c(view(entry.chain), crc);
  return codec::crc32c(entry.payload, crc);
}

uint32_t checksum(const GroupRow& row) {
  uint32_t crc = codec::crc32c(text(little_endian(
      row.slot, row.group.value, row.hard.term.value, row.hard.vote.value, row.hard.commit.value,
      row.start.position.index.value, row.start.position.term.value, row.last.position.index.value,
      row.last.position.term.value, row.configuration_index.value)));
  crc = codec::crc32c(view(row.start.chain), crc);
  crc = codec::crc32c(view(row.last.chain), crc);
  return codec::crc32c(row.configuration, crc);
}

base::Status decode(const GroupRow& group, Index expected, const EntryRow& row, Entry& entry) {
  if (row.id != row_id(group.slot, expected)) return broken(expected, "the entry is missing");
  if (row.kind < 0 || row.kind > static_cast<int64_t>(EntryKind::data)) return broken(expected, "an unknown kind of entry");
  if (row.chain.size() != entry.chain.size()) return broken(expected, "a chain of a wrong length");
  entry.index = expected;
  entry.term.value = static_cast<uint64_t>(row.term);
  entry.kind = static_cast<EntryKind>(row.kind);
  std::memcpy(entry.chain.data(), row.chain.data(), entry.chain.size());
  entry.payload.assign(row.payload);
  if (checksum(group.group, entry) != row.checksum) return broken(expected, "the checksum does not match");
  return {};
}

base::Status validate(const GroupRow& row, uint32_t slot, int64_t checksum_read) {
  const std::string name = "group " + std::to_string(row.group.value);
  if (row.slot != slot) return base::corrupt("the log is damaged: the row of a group is missing");
  if (checksum(row) != checksum_read) return base::corrupt(name + ": the hard state is damaged: the checksum does not match");
  if (row.last.position.index > Index{kIndexMax} || row.start.position.index > row.last.position.index) {
    return base::corrupt(name + ": the hard state is damaged: the log ends before it starts");
  }
  if (row.hard.commit > row.last.position.index) {
    return broken(Index{row.last.position.index.value + 1}, "the entry is missing, and it was committed (" + name + ")");
  }
  return {};
}

}  // namespace bao::raft
