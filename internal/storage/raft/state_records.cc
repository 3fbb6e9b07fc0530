#include "internal/storage/raft/state_records.h"

#include <array>

#include "internal/codec/protobuf.h"

namespace bao::storage::raft {
namespace {

constexpr uint8_t kVarint = 0, kBytes = 2;

base::Error broken() { return base::corrupt("a piece of a snapshot is damaged"); }

// Fields 1 to 3 of a message: bytes, but for the number of a value.
struct Three {
  std::array<std::string_view, 3> bytes;
  uint64_t number = 0;
};

base::Result<Three> read_three(std::string_view message, uint32_t number_field) {
  Three three;
  codec::WireReader reader(message);
  codec::WireField field;
  while (reader.next(field)) {
    if (field.id < 1 || field.id > 3) return base::Error(base::Code::unsupported, "a snapshot comes from a newer version of this program");
    if (field.kind != (field.id == number_field ? kVarint : kBytes)) return broken();
    if (field.id == number_field) three.number = field.number;
    else three.bytes[field.id - 1] = field.bytes;
  }
  if (reader.failed()) return broken();
  return three;
}

void put_value_as(uint32_t field, std::string& records, std::string_view key, uint64_t modified, std::string_view value) {
  std::string message;
  codec::put_bytes(message, 1, key);
  codec::put_uint(message, 2, modified);
  codec::put_bytes(message, 3, value);
  codec::put_message(records, field, message);
}

constexpr std::string_view kParts = "vrn";  // of a place, by its number

}  // namespace

void put_hash(std::string& records, std::string_view apply_hash) { codec::put_bytes(records, 1, apply_hash); }

void put_value(std::string& records, std::string_view key, uint64_t modified, std::string_view value) {
  put_value_as(2, records, key, modified, value);
}

void put_next_value(std::string& records, std::string_view key, uint64_t modified, std::string_view value) {
  put_value_as(5, records, key, modified, value);
}

void put_row(std::string& records, std::string_view table, std::string_view sort_key, std::string_view key) {
  std::string message;
  codec::put_bytes(message, 1, table);
  codec::put_bytes(message, 2, sort_key);
  codec::put_bytes(message, 3, key);
  codec::put_message(records, 3, message);
}

void put_trailer(std::string& records, uint64_t count, std::string_view digest) {
  std::string message;
  codec::put_uint(message, 1, count);
  codec::put_bytes(message, 2, digest);
  codec::put_message(records, 4, message);
}

base::Status each_record(std::string_view records, const RecordVisitor& visitor) {
  codec::WireReader reader(records);
  codec::WireField field;
  while (reader.next(field)) {
    if (field.id < 1 || field.id > 5) return base::Error(base::Code::unsupported, "a snapshot comes from a newer version of this program");
    if (field.kind != kBytes) return broken();
    if (field.id == 1) {
      TRY(visitor.hash(field.bytes));
      continue;
    }
    ASSIGN_OR_RETURN(const Three three, read_three(field.bytes, field.id == 2 || field.id == 5 ? 2 : field.id == 4 ? 1 : 0));
    if (field.id == 2) TRY(visitor.value(three.bytes[0], three.number, three.bytes[2]));
    if (field.id == 3) TRY(visitor.row(three.bytes[0], three.bytes[1], three.bytes[2]));
    if (field.id == 4) TRY(visitor.trailer(three.number, three.bytes[1]));
    if (field.id == 5) TRY(visitor.next_value(three.bytes[0], three.number, three.bytes[2]));
  }
  return reader.failed() ? broken() : base::Status();
}

std::string encode(const Place& place) {
  std::string text(1, kParts[static_cast<size_t>(place.part)]);
  codec::put_bytes(text, 1, place.table);
  codec::put_bytes(text, 2, place.sort_key);
  codec::put_bytes(text, 3, place.key);
  return text;
}

base::Result<Place> decode_place(std::string_view text) {
  if (text.empty()) return Place{};
  const size_t part = kParts.find(text[0]);
  if (part == std::string_view::npos) return broken();
  ASSIGN_OR_RETURN(const Three three, read_three(text.substr(1), 0));
  return Place{static_cast<Place::Part>(part), std::string(three.bytes[0]), std::string(three.bytes[1]), std::string(three.bytes[2])};
}

}  // namespace bao::storage::raft
