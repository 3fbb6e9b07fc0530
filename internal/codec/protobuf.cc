// The protobuf wire format (protobuf.dev/programming-guides/encoding).
#include "internal/codec/protobuf.h"

namespace bao::codec {
namespace {

// Seconds from 0001-01-01 to 1970-01-01: what Go's zero time is as a Timestamp.
constexpr int64_t kZeroTimeSeconds = -62'135'596'800;
constexpr int64_t kNanos = 1'000'000'000;

std::optional<uint64_t> get_fixed(std::string_view bytes, size_t& at, size_t width) {
  if (bytes.size() - at < width) return std::nullopt;
  uint64_t value = 0;
  for (size_t i = 0; i < width; ++i) {
    value |= static_cast<uint64_t>(static_cast<uint8_t>(bytes[at + i])) << (8 * i);
  }
  at += width;
  return value;
}

// The payload of one field behind its tag; false when it is cut.
bool read_payload(std::string_view message, size_t& at, WireField& field) {
  std::optional<uint64_t> number;
  switch (field.kind) {
    case 0: number = get_varint(message, at); break;
    case 1: number = get_fixed(message, at, 8); break;
    case 2: number = get_varint(message, at); break;
    case 5: number = get_fixed(message, at, 4); break;
    default: return false;
  }
  if (!number) return false;
  field.number = *number;
  if (field.kind != 2) return true;
  if (*number > message.size() - at) return false;
  field.bytes = message.substr(at, *number);
  at += *number;
  return true;
}

struct SecondsAndNanos {
  int64_t seconds = 0, nanos = 0;
};

base::Result<SecondsAndNanos> parse_seconds_and_nanos(std::string_view message) {
  SecondsAndNanos value;
  WireReader reader(message);
  for (WireField field; reader.next(field);) {
    if (field.id == 1 && field.kind == 0) value.seconds = static_cast<int64_t>(field.number);
    if (field.id == 2 && field.kind == 0) value.nanos = static_cast<int32_t>(field.number);
  }
  if (reader.failed()) return base::corrupt("protobuf: a bad tag or a field cut short");
  return value;
}

bool fits_nanoseconds(int64_t seconds) {
  return seconds < INT64_MAX / kNanos - 1 && seconds > INT64_MIN / kNanos + 1;
}

std::string seconds_and_nanos(int64_t seconds, int64_t nanos) {
  std::string out;
  put_int(out, 1, seconds);
  put_int(out, 2, nanos);
  return out;
}

void put_tag(std::string& out, uint32_t id, uint32_t kind) { put_varint(out, uint64_t{id} << 3 | kind); }

}  // namespace

bool WireReader::next(WireField& field) {
  if (failed_ || at_ >= message_.size()) return false;
  const size_t start = at_;
  const auto tag = get_varint(message_, at_);
  field = WireField{};
  failed_ = !tag || *tag >> 3 == 0 || *tag >> 3 > 0x1fffffff;
  if (failed_) return false;
  field.id = static_cast<uint32_t>(*tag >> 3);
  field.kind = static_cast<uint8_t>(*tag & 7);
  failed_ = !read_payload(message_, at_, field);
  if (failed_) return false;
  field.whole = message_.substr(start, at_ - start);
  return true;
}

base::Result<std::vector<WireField>> parse_wire(std::string_view message) {
  std::vector<WireField> fields;
  WireReader reader(message);
  for (WireField field; reader.next(field);) fields.push_back(field);
  if (reader.failed()) return base::corrupt("protobuf: a bad tag or a field cut short");
  return fields;
}

void put_varint(std::string& out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

std::optional<uint64_t> get_varint(std::string_view bytes, size_t& at) {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && at < bytes.size(); shift += 7) {
    const auto b = static_cast<uint8_t>(bytes[at++]);
    if (shift == 63 && b > 1) return std::nullopt;
    value |= uint64_t{b & 0x7fu} << shift;
    if (b < 0x80) return value;
  }
  return std::nullopt;
}

void put_uint(std::string& out, uint32_t id, uint64_t value) {
  if (value == 0) return;
  put_tag(out, id, 0);
  put_varint(out, value);
}

void put_int(std::string& out, uint32_t id, int64_t value) { put_uint(out, id, static_cast<uint64_t>(value)); }
void put_bool(std::string& out, uint32_t id, bool value) { put_uint(out, id, value ? 1 : 0); }

void put_bytes(std::string& out, uint32_t id, std::string_view value) {
  if (!value.empty()) put_message(out, id, value);
}

void put_message(std::string& out, uint32_t id, std::string_view message) {
  put_tag(out, id, 2);
  put_varint(out, message.size());
  out += message;
}

void put_strings(std::string& out, uint32_t id, const std::vector<std::string>& values) {
  for (const std::string& value : values) put_message(out, id, value);
}

std::string timestamp_message(base::Time t) {
  if (t == base::kZeroTime) return seconds_and_nanos(kZeroTimeSeconds, 0);
  const int64_t seconds = base::unix_seconds(t);
  return seconds_and_nanos(seconds, t.time_since_epoch().count() - seconds * kNanos);
}

base::Result<base::Time> parse_timestamp(std::string_view message) {
  ASSIGN_OR_RETURN(const auto value, parse_seconds_and_nanos(message));
  if (!fits_nanoseconds(value.seconds)) return value.seconds > 0 ? base::Time::max() : base::kZeroTime;
  return base::Time(base::Duration(value.seconds * kNanos + value.nanos));
}

std::string duration_message(base::Duration d) {
  return seconds_and_nanos(d.count() / kNanos, d.count() % kNanos);
}

base::Result<base::Duration> parse_duration_message(std::string_view message) {
  ASSIGN_OR_RETURN(const auto value, parse_seconds_and_nanos(message));
  if (!fits_nanoseconds(value.seconds)) return base::corrupt("protobuf: duration out of range");
  return base::Duration(value.seconds * kNanos + value.nanos);
}

}  // namespace bao::codec
