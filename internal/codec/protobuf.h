// The protobuf wire format, enough for OpenBao's messages at rest. Unknown fields are kept as bytes, so that a
// rewrite loses nothing. Pure values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/time_format.h"
#include "internal/base/result.h"

namespace bao::codec {

// One field as it stands on the wire: `number` for varint and fixed kinds, `bytes` for length-delimited.
struct WireField {
  uint32_t id = 0;
  uint8_t kind = 0;  // 0 varint, 1 fixed64, 2 bytes, 5 fixed32
  uint64_t number = 0;
  std::string_view bytes;   // points into the parsed text
  std::string_view whole;   // tag and value, for keeping unknown fields
};
// Goes over the fields of a message without allocating, for hot paths.
class WireReader {
 public:
  explicit WireReader(std::string_view message) : message_(message) {}
  // Reads the next field; false at the end and where the message is broken, which failed() tells apart.
  bool next(WireField& field);
  bool failed() const { return failed_; }

 private:
  std::string_view message_;
  size_t at_ = 0;
  bool failed_ = false;
};
// The fields in order; Code::corrupt when the text is not protobuf. The views live as long as `message`.
base::Result<std::vector<WireField>> parse_wire(std::string_view message);

void put_varint(std::string& out, uint64_t value);
// Reads a varint at `at` and moves it; nothing when cut or overlong.
std::optional<uint64_t> get_varint(std::string_view bytes, size_t& at);
// Each leaves the field out when the value is the default, as proto3 does.
void put_uint(std::string& out, uint32_t id, uint64_t value);
void put_int(std::string& out, uint32_t id, int64_t value);
void put_bool(std::string& out, uint32_t id, bool value);
void put_bytes(std::string& out, uint32_t id, std::string_view value);
// Writes the field also when empty (sub-messages, repeated and map entries).
void put_message(std::string& out, uint32_t id, std::string_view message);
// A repeated field.
void put_strings(std::string& out, uint32_t id, const std::vector<std::string>& values);
// google.protobuf.Timestamp and Duration; kZeroTime becomes Go's zero time (-62135596800 s). Times later than base::Time
// holds (the year 2262) read as its last moment.
std::string timestamp_message(base::Time t);
base::Result<base::Time> parse_timestamp(std::string_view message);
std::string duration_message(base::Duration d);
base::Result<base::Duration> parse_duration_message(std::string_view message);

}  // namespace bao::codec
