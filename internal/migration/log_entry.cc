#include "internal/migration/log_entry.h"

#include <algorithm>
#include <array>

#include "internal/codec/protobuf.h"

namespace bao::migration {
namespace {

base::Error not_an_entry() { return base::corrupt("an entry of the log is not what OpenBao writes"); }

// The few kinds of MessagePack that such an entry is made of: nil, numbers, strings and bytes.
class MessagePack {
 public:
  struct Value {
    uint64_t number = 0;
    std::string_view bytes;
  };
  explicit MessagePack(std::string_view bytes) : rest_(bytes) {}

  std::optional<uint64_t> map() {
    const auto kind = byte();
    if (kind && *kind >= 0x80 && *kind <= 0x8f) return *kind & 0xf;
    if (kind == 0xde) return number(2);
    return std::nullopt;
  }
  std::optional<Value> value() {
    const auto kind = byte();
    if (!kind) return std::nullopt;
    if (*kind <= 0x7f) return Value{*kind, {}};
    if (*kind >= 0xa0 && *kind <= 0xbf) return bytes(*kind & 0x1f);
    switch (*kind) {
      case 0xc0: return Value{};
      case 0xc4: case 0xc5: case 0xc6: return sized(size_t{1} << (*kind - 0xc4));  // bytes
      case 0xcc: case 0xcd: case 0xce: case 0xcf: return of_number(size_t{1} << (*kind - 0xcc));
      case 0xd9: case 0xda: case 0xdb: return sized(size_t{1} << (*kind - 0xd9));  // strings
      case 0xc7: return extension(number(1));
      case 0xd6: case 0xd7: case 0xd8: return extension(size_t{4} << (*kind - 0xd6));  // moments
      default: return std::nullopt;
    }
  }

 private:
  std::optional<uint8_t> byte() {
    if (rest_.empty()) return std::nullopt;
    const auto first = static_cast<uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return first;
  }
  std::optional<uint64_t> number(size_t width) {
    uint64_t sum = 0;
    for (size_t i = 0; i < width; ++i) {
      const auto next = byte();
      if (!next) return std::nullopt;
      sum = sum << 8 | *next;
    }
    return sum;
  }
  std::optional<Value> of_number(size_t width) {
    const auto found = number(width);
    return found ? std::optional(Value{*found, {}}) : std::nullopt;
  }
  std::optional<Value> sized(size_t width) {
    const auto size = number(width);
    return size ? bytes(*size) : std::nullopt;
  }
  std::optional<Value> bytes(uint64_t size) {
    if (size > rest_.size()) return std::nullopt;
    const Value found{0, rest_.substr(0, size)};
    rest_.remove_prefix(size);
    return found;
  }
  std::optional<Value> extension(std::optional<uint64_t> size) {
    if (!size || !byte()) return std::nullopt;  // its type
    return bytes(*size);
  }

  std::string_view rest_;
};

}  // namespace

base::Result<LogEntry> decode_log_entry(std::string_view bytes) {
  MessagePack reader(bytes);
  const auto fields = reader.map();
  if (!fields) return not_an_entry();
  LogEntry entry;
  bool indexed = false;
  for (uint64_t i = 0; i < *fields; ++i) {
    const auto name = reader.value(), value = reader.value();
    if (!name || !value) return not_an_entry();
    if (name->bytes == "Index") entry.index = value->number, indexed = true;
    if (name->bytes == "Term") entry.term = value->number;
    if (name->bytes == "Type") entry.type = value->number;
    if (name->bytes == "Data") entry.data = value->bytes;
    if (name->bytes == "Extensions") entry.extensions = value->bytes;
  }
  if (!indexed) return not_an_entry();
  return entry;
}

base::Result<Chunk> decode_chunk(std::string_view extensions) {
  ASSIGN_OR_RETURN(const auto fields, codec::parse_wire(extensions));
  Chunk chunk;
  for (const codec::WireField& field : fields) {
    if (field.id == 1) chunk.command = field.number;
    if (field.id == 2) chunk.place = field.number;
    if (field.id == 3) chunk.count = field.number;
  }
  if (chunk.place >= chunk.count) return base::corrupt("a part of a command in the log has no place in it");
  return chunk;
}

base::Result<std::vector<LogOperation>> decode_operations(std::string_view command) {
  using Kind = LogOperation::Kind;
  constexpr std::array kKnown{Kind::remove, Kind::put, Kind::restored, Kind::verify_read, Kind::verify_list, Kind::begin, Kind::commit};
  ASSIGN_OR_RETURN(const auto fields, codec::parse_wire(command));
  std::vector<LogOperation> operations;
  for (const codec::WireField& field : fields) {
    if (field.id != 1) continue;
    ASSIGN_OR_RETURN(const auto parts, codec::parse_wire(field.bytes));
    LogOperation operation;
    for (const codec::WireField& part : parts) {
      if (part.id == 1) operation.kind = static_cast<Kind>(part.number);
      if (part.id == 3) operation.key = part.bytes;
      if (part.id == 4) operation.value = part.bytes;
    }
    if (std::find(kKnown.begin(), kKnown.end(), operation.kind) == kKnown.end())
      return base::Error(base::Code::unsupported, "the log holds an operation of a kind that is not known: " +
                                                      std::to_string(static_cast<uint32_t>(operation.kind)));
    operations.push_back(operation);
  }
  return operations;
}

}  // namespace bao::migration
