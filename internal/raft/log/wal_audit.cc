#include "internal/raft/log/wal_audit.h"

#include <bit>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <optional>
#include <vector>

namespace bao::raft {
namespace {

constexpr uint32_t kMagic = 0x377f0682;  // the lowest bit: checksums over big-endian words
constexpr size_t kHeaderBytes = 32, kFrameHeaderBytes = 24;
constexpr uint32_t kPageBytesMin = 512, kPageBytesMax = 65536;

struct Sum {
  uint32_t first = 0, second = 0;
  bool operator==(const Sum&) const = default;
};

uint32_t big_endian(const char* at) {
  uint32_t value = 0;
  std::memcpy(&value, at, 4);
  return std::endian::native == std::endian::big ? value : __builtin_bswap32(value);
}

Sum add(Sum sum, const char* bytes, size_t count, bool swapped) {
  for (size_t i = 0; i + 8 <= count; i += 8) {
    uint32_t words[2];
    std::memcpy(words, bytes + i, 8);
    sum.first += (swapped ? __builtin_bswap32(words[0]) : words[0]) + sum.second;
    sum.second += (swapped ? __builtin_bswap32(words[1]) : words[1]) + sum.first;
  }
  return sum;
}

struct Header {
  uint32_t page_bytes;
  bool swapped;  // the checksum's words have the other byte order
  std::string salts;
  Sum sum;
};

// Nothing when it is not a whole header: SQLite then takes the WAL for empty.
std::optional<Header> read_header(std::istream& bytes) {
  char raw[kHeaderBytes];
  if (!bytes.read(raw, sizeof(raw))) return std::nullopt;
  const uint32_t magic = big_endian(raw), page_bytes = big_endian(raw + 8);
  if ((magic & ~1u) != kMagic || page_bytes < kPageBytesMin || page_bytes > kPageBytesMax) return std::nullopt;
  const bool swapped = ((magic & 1) != 0) != (std::endian::native == std::endian::big);
  const Sum sum = add({}, raw, 24, swapped);
  if (sum != Sum{big_endian(raw + 24), big_endian(raw + 28)}) return std::nullopt;
  return Header{page_bytes, swapped, std::string(raw + 16, 8), sum};
}

struct Frame {
  bool of_this_wal;  // its salts are the header's
  bool commits;
  bool follows;      // its checksum continues the one that the frame before it stores
  Sum stored;
};

Frame read_frame(const Header& header, const std::vector<char>& raw, const Sum& before) {
  const Sum stored{big_endian(&raw[16]), big_endian(&raw[20])};
  const Sum sum = add(add(before, raw.data(), 8, header.swapped), &raw[kFrameHeaderBytes], header.page_bytes, header.swapped);
  const bool salted = std::string_view(&raw[8], 8) == header.salts;
  return {salted, big_endian(&raw[4]) != 0, salted && sum == stored, stored};
}

}  // namespace

base::Status audit_wal(std::istream& bytes) {
  const auto header = read_header(bytes);
  if (!header) return {};
  std::vector<char> raw(kFrameHeaderBytes + header->page_bytes);
  Frame previous{true, false, true, header->sum};
  int64_t first_broken = 0;
  for (int64_t number = 1; bytes.read(raw.data(), static_cast<std::streamsize>(raw.size())); ++number) {
    const Frame frame = read_frame(*header, raw, previous.stored);
    if (!frame.follows && first_broken == 0) first_broken = number;
    // A batch that began after another one was committed behind the broken frame.
    const bool begins_a_batch = frame.follows && previous.of_this_wal && previous.commits;
    if (first_broken != 0 && number > first_broken && begins_a_batch) {
      return base::corrupt("the write-ahead log is damaged at frame " + std::to_string(first_broken) +
                           ": it was durable, because a later batch stands behind it");
    }
    previous = frame;
  }
  return {};
}

base::Status audit_wal(const std::string& wal) {
  std::ifstream bytes(wal, std::ios::binary);
  if (!bytes) return {};
  if (const auto audited = audit_wal(bytes); !audited.ok()) return audited.error().within(wal);
  return {};
}

}  // namespace bao::raft
