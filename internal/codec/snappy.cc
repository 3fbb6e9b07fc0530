// Snappy: the framing format (google/snappy framing_format.txt) and the block format inside its chunks. Decoding is
// complete; encoding writes stored chunks, which every reader takes.
#include "internal/codec/compression.h"
#include "internal/codec/crc32c.h"
#include "internal/codec/protobuf.h"

namespace bao::codec {
namespace {

constexpr std::string_view kStreamIdentifier("\xff\x06\x00\x00sNaPpY", 10);
constexpr size_t kChunkBytesMax = 65'536;

// As the framing format demands.
uint32_t masked_crc(std::string_view bytes) {
  const uint32_t crc = crc32c(bytes);
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
}

uint32_t little_endian(std::string_view bytes, size_t at, size_t width) {
  uint32_t value = 0;
  for (size_t i = 0; i < width; ++i) {
    value |= static_cast<uint32_t>(static_cast<uint8_t>(bytes[at + i])) << (8 * i);
  }
  return value;
}

struct Element {
  size_t length;
  size_t offset;  // 0: a literal
};

// The element tag at `at`, which moves behind it; false when it is cut.
bool read_element(std::string_view block, size_t& at, Element& element) {
  const auto tag = static_cast<uint8_t>(block[at++]);
  const size_t upper = tag >> 2;
  const auto extra = [&](size_t width, size_t& value) {
    if (block.size() - at < width) return false;
    value = little_endian(block, at, width);
    at += width;
    return true;
  };
  element = {upper + 1, 0};
  switch (tag & 3) {
    case 0: {
      if (upper < 60) return true;
      size_t length = 0;
      if (!extra(upper - 59, length)) return false;
      element.length = length + 1;
      return true;
    }
    case 1: {
      size_t low = 0;
      element.length = (upper & 7) + 4;
      if (!extra(1, low)) return false;
      element.offset = (static_cast<size_t>(tag) >> 5) << 8 | low;
      return element.offset != 0;
    }
    case 2: return extra(2, element.offset) && element.offset != 0;
    default: return extra(4, element.offset) && element.offset != 0;
  }
}

base::Result<std::string> decode_block(std::string_view block) {
  const auto damaged = [] { return base::corrupt("snappy: a block is damaged"); };
  size_t at = 0;
  const auto size = get_varint(block, at);
  if (!size || *size > kChunkBytesMax) return damaged();
  std::string out;
  out.reserve(*size);
  while (at < block.size()) {
    Element element{};
    if (!read_element(block, at, element) || element.length > *size - out.size()) return damaged();
    if (element.offset == 0) {
      if (element.length > block.size() - at) return damaged();
      out += block.substr(at, element.length);
      at += element.length;
      continue;
    }
    if (element.offset > out.size()) return damaged();
    // Byte by byte: a copy may overlap what it writes.
    for (size_t i = 0; i < element.length; ++i) out += out[out.size() - element.offset];
  }
  if (out.size() != *size) return damaged();
  return out;
}

// One data chunk: checksum, then stored or compressed bytes.
base::Result<std::string> decode_chunk(uint8_t kind, std::string_view body) {
  if (body.size() < 4) return base::corrupt("snappy: a chunk is cut");
  std::string plain(body.substr(4));
  if (kind == 0) {
    ASSIGN_OR_RETURN(plain, decode_block(body.substr(4)));
  }
  if (plain.size() > kChunkBytesMax) return base::corrupt("snappy: a chunk is too large");
  if (little_endian(body, 0, 4) != masked_crc(plain)) return base::corrupt("snappy: a checksum does not match");
  return plain;
}

}  // namespace

base::Result<std::string> unsnappy_framed(std::string_view bytes, size_t bytes_max) {
  if (!bytes.starts_with(kStreamIdentifier)) return base::corrupt("snappy: the stream identifier is missing");
  std::string out;
  for (size_t at = 0; at < bytes.size();) {
    if (bytes.size() - at < 4) return base::corrupt("snappy: a chunk is cut");
    const auto kind = static_cast<uint8_t>(bytes[at]);
    const size_t size = little_endian(bytes, at + 1, 3);
    at += 4;
    if (size > bytes.size() - at) return base::corrupt("snappy: a chunk is cut");
    if (kind <= 1) {
      ASSIGN_OR_RETURN(const std::string plain, decode_chunk(kind, bytes.substr(at, size)));
      out += plain;
    } else if (kind < 0x80) {
      return base::corrupt("snappy: a chunk of an unknown kind");
    }
    if (out.size() > bytes_max) return base::Error(base::Code::too_large, "snappy: content is too large");
    at += size;
  }
  return out;
}

std::string snappy_framed_stored(std::string_view bytes) {
  std::string out = "S" + std::string(kStreamIdentifier);
  while (!bytes.empty()) {
    const std::string_view chunk = bytes.substr(0, kChunkBytesMax);
    const size_t size = chunk.size() + 4;
    const uint32_t crc = masked_crc(chunk);
    out += '\x01';
    for (int i = 0; i < 3; ++i) out += static_cast<char>(size >> (8 * i));
    for (int i = 0; i < 4; ++i) out += static_cast<char>(crc >> (8 * i));
    out += chunk;
    bytes.remove_prefix(chunk.size());
  }
  return out;
}

}  // namespace bao::codec
