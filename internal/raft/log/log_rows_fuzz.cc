// Rows of the log as any bytes: each is refused or is exactly the entry that its checksum covers.
#include <algorithm>
#include <cstring>

#include "internal/base/ensure.h"
#include "internal/raft/log/log_rows.h"

namespace {

using namespace bao::raft;

struct Input {
  std::string_view rest;
  int64_t number() {
    int64_t out = 0;
    const size_t count = std::min(rest.size(), sizeof(out));
    std::memcpy(&out, rest.data(), count);
    rest.remove_prefix(count);
    return out;
  }
  std::string_view bytes(size_t count) {
    const std::string_view out = rest.substr(0, count);
    rest.remove_prefix(out.size());
    return out;
  }
};

// With a checksum that matches, so that what lies behind it is reached.
void check_sealed(const GroupRow& group, Index index, EntryRow row, Entry& entry) {
  if (row.chain.size() != sizeof(Chain) || row.kind < 0 || row.kind > 2) return;
  Entry sealed{index, Term{static_cast<uint64_t>(row.term)}, static_cast<EntryKind>(row.kind), std::string(row.payload), {}};
  std::memcpy(sealed.chain.data(), row.chain.data(), sizeof(Chain));
  row.id = row_id(group.slot, index);
  row.checksum = checksum(group.group, sealed);
  const auto decoded = decode(group, index, row, entry);
  ENSURE(decoded.ok() && entry.payload == sealed.payload && entry.chain == sealed.chain && entry.term == sealed.term, "a sound row is read");
  row.checksum ^= 1;
  ENSURE(!decode(group, index, row, entry).ok(), "another checksum is refused");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input input{{reinterpret_cast<const char*>(data), size}};
  GroupRow group;
  group.slot = static_cast<uint32_t>(input.number()) % kSlotsMax;
  group.group.value = static_cast<uint32_t>(input.number());
  const Index index{static_cast<uint64_t>(input.number()) & kIndexMax};
  EntryRow row{input.number(), input.number(), input.number() % 4, input.number(), input.bytes(16), {}};
  row.payload = input.rest;
  Entry entry;
  if (decode(group, index, row, entry).ok()) ENSURE(checksum(group.group, entry) == row.checksum, "what is read was checked");
  check_sealed(group, index, row, entry);
  group.hard = {Term{1}, NodeId{static_cast<uint64_t>(row.id)}, index};
  group.last.position.index = Index{static_cast<uint64_t>(row.term)};
  group.configuration = row.payload;
  const auto valid = validate(group, group.slot, row.checksum % 2 == 0 ? checksum(group) : row.checksum);
  ENSURE(!valid.ok() || group.hard.commit <= group.last.position.index, "what is valid was checked");
  return 0;
}
