#include "internal/crypto/x509/der.h"

#include <array>
#include <cstdio>

#include "internal/base/ensure.h"
#include "internal/crypto/x509/extension.h"

namespace bao::crypto::x509::der {
namespace {

void append_head(std::string& out, uint8_t tag, size_t size) {
  out.push_back(static_cast<char>(tag));
  if (size < 0x80) return out.push_back(static_cast<char>(size));
  int bytes = 1;
  for (size_t rest = size >> 8; rest != 0; rest >>= 8) ++bytes;
  out.push_back(static_cast<char>(0x80 | bytes));
  for (int i = bytes - 1; i >= 0; --i) out.push_back(static_cast<char>(size >> (8 * i)));
}

std::string joined(uint8_t tag, std::initializer_list<std::string_view> parts) {
  size_t size = 0;
  for (const std::string_view part : parts) size += part.size();
  std::string out;
  out.reserve(size + 10);  // exact enough that nothing moves: secrets leave no copies
  append_head(out, tag, size);
  for (const std::string_view part : parts) out += part;
  return out;
}

void append_base128(std::string& out, uint64_t value) {
  int shift = 63;
  while (shift > 0 && (value >> shift) == 0) shift -= 7;
  for (; shift > 0; shift -= 7) out.push_back(static_cast<char>(0x80 | ((value >> shift) & 0x7f)));
  out.push_back(static_cast<char>(value & 0x7f));
}

// `count` digits as a number; nothing where something else stands.
std::optional<unsigned> digits(std::string_view text, size_t at, size_t count) {
  unsigned value = 0;
  for (size_t i = at; i < at + count; ++i) {
    if (i >= text.size() || text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + static_cast<unsigned>(text[i] - '0');
  }
  return value;
}

std::string written_time(std::chrono::sys_seconds at, bool with_century) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(at - day);
  const int year = static_cast<int>(date.year());
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), with_century ? "%04d%02u%02u%02d%02d%02dZ" : "%02d%02u%02u%02d%02d%02dZ",
                with_century ? year : year % 100, static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
}

}  // namespace

base::Error malformed() { return base::invalid("malformed DER"); }

std::string element(uint8_t tag, std::initializer_list<std::string_view> parts) { return joined(tag, parts); }

base::SecretBytes secret_element(uint8_t tag, std::initializer_list<std::string_view> parts) {
  return base::SecretBytes::take(joined(tag, parts));
}

std::string integer(std::string_view magnitude) {
  while (magnitude.size() > 1 && magnitude.front() == 0) magnitude.remove_prefix(1);
  if (magnitude.empty()) return element(kInteger, {std::string_view("\0", 1)});
  const bool looks_negative = (static_cast<uint8_t>(magnitude.front()) & 0x80) != 0;
  return element(kInteger, {std::string_view("\0", looks_negative ? 1 : 0), magnitude});
}

std::string integer(uint64_t value) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(value >> shift));
  return integer(bytes);
}

std::string boolean(bool value) { return element(kBoolean, {value ? "\xff" : std::string_view("\0", 1)}); }
std::string bit_string(std::string_view bytes) { return element(kBitString, {std::string_view("\0", 1), bytes}); }
std::string null() { return element(kNull, {}); }

std::string oid(std::string_view text) {
  ENSURE(is_oid(text), "dotted numbers");
  std::string content;
  uint64_t first = 0, number = 0;
  size_t index = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] != '.') {
      number = number * 10 + static_cast<uint64_t>(text[i] - '0');
      continue;
    }
    if (index == 0) first = number;
    else append_base128(content, index == 1 ? first * 40 + number : number);
    ++index;
    number = 0;
  }
  return element(kOid, {content});
}

std::string time(std::chrono::sys_seconds at) {
  const int year = static_cast<int>(std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(at)).year());
  const bool utc = year >= 1950 && year < 2050;
  return element(utc ? kUtcTime : kGeneralizedTime, {written_time(at, !utc)});
}

std::string generalized_time(std::chrono::sys_seconds at) { return element(kGeneralizedTime, {written_time(at, true)}); }

base::Result<Element> Reader::next() {
  if (rest_.size() < 2) return malformed();
  Element found;
  found.tag = static_cast<uint8_t>(rest_[0]);
  if ((found.tag & 0x1f) == 0x1f) return malformed();
  size_t head = 2, size = static_cast<uint8_t>(rest_[1]);
  if (size >= 0x80) {
    const size_t bytes = size & 0x7f;
    if (bytes == 0 || bytes > 4 || rest_.size() < 2 + bytes) return malformed();
    size = 0;
    for (size_t i = 0; i < bytes; ++i) size = size << 8 | static_cast<uint8_t>(rest_[2 + i]);
    if (size < 0x80 || size >> (8 * (bytes - 1)) == 0) return malformed();
    head += bytes;
  }
  if (size > rest_.size() - head) return malformed();
  found.content = rest_.substr(head, size);
  found.whole = rest_.substr(0, head + size);
  rest_.remove_prefix(head + size);
  return found;
}

base::Result<std::string_view> Reader::take(uint8_t tag) {
  if (!next_is(tag)) return malformed();
  ASSIGN_OR_RETURN(const Element found, next());
  return found.content;
}

base::Result<Reader> Reader::open(uint8_t tag) {
  ASSIGN_OR_RETURN(const std::string_view content, take(tag));
  return Reader(content);
}

base::Result<std::optional<std::string_view>> Reader::take_if(uint8_t tag) {
  if (!next_is(tag)) return std::optional<std::string_view>();
  ASSIGN_OR_RETURN(const std::string_view content, take(tag));
  return std::optional<std::string_view>(content);
}

base::Status Reader::end() const {
  if (!at_end()) return malformed();
  return {};
}

base::Result<std::string> read_oid(std::string_view content) {
  if (content.empty()) return malformed();
  std::string text;
  uint64_t number = 0;
  bool begins = true;
  for (size_t i = 0; i < content.size(); ++i) {
    const uint8_t byte = static_cast<uint8_t>(content[i]);
    if (begins && byte == 0x80) return malformed();
    number = number << 7 | (byte & 0x7f);
    if (number > kOidNumberMax) return malformed();
    begins = (byte & 0x80) == 0;
    if (!begins) continue;
    if (text.empty()) {
      const uint64_t first = number < 80 ? number / 40 : 2;
      text = std::to_string(first) + "." + std::to_string(number - first * 40);
    } else {
      text += "." + std::to_string(number);
    }
    number = 0;
  }
  if (!begins) return malformed();
  return text;
}

base::Result<std::string> read_magnitude(std::string_view content) {
  if (content.empty() || (static_cast<uint8_t>(content[0]) & 0x80) != 0) return malformed();
  if (content.size() > 1 && content[0] == 0 && (static_cast<uint8_t>(content[1]) & 0x80) == 0) return malformed();
  if (content[0] == 0) content.remove_prefix(1);
  return std::string(content);
}

base::Result<uint64_t> read_number(std::string_view content) {
  ASSIGN_OR_RETURN(const std::string magnitude, read_magnitude(content));
  if (magnitude.size() > 8) return malformed();
  uint64_t number = 0;
  for (const char byte : magnitude) number = number << 8 | static_cast<uint8_t>(byte);
  return number;
}

base::Result<bool> read_boolean(std::string_view content) {
  if (content == "\xff") return true;
  if (content == std::string_view("\0", 1)) return false;
  return malformed();
}

base::Result<std::string_view> read_bit_string(std::string_view content) {
  if (content.empty() || content[0] != 0) return malformed();
  return content.substr(1);
}

base::Result<std::chrono::sys_seconds> read_time(const Element& element) {
  if (element.tag != kUtcTime && element.tag != kGeneralizedTime) return malformed();
  const std::string_view text = element.content;
  const size_t year_digits = element.tag == kUtcTime ? 2 : 4;
  if (text.size() != year_digits + 11 || text.back() != 'Z') return malformed();
  std::array<unsigned, 6> part{};  // year, month, day, hour, minute, second
  for (size_t i = 0, at = 0; i < part.size(); ++i) {
    const size_t count = i == 0 ? year_digits : 2;
    const auto value = digits(text, at, count);
    if (!value) return malformed();
    part.at(i) = *value;
    at += count;
  }
  if (year_digits == 2) part[0] += part[0] < 50 ? 2000 : 1900;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(part[0])), std::chrono::month(part[1]), std::chrono::day(part[2])};
  if (!date.ok() || part[3] > 23 || part[4] > 59 || part[5] > 59) return malformed();
  return std::chrono::sys_days(date) + std::chrono::hours(part[3]) + std::chrono::minutes(part[4]) + std::chrono::seconds(part[5]);
}

}  // namespace bao::crypto::x509::der
