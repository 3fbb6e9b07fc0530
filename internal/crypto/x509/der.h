// DER (X.690) written and read: just what certificates need. For this folder. Pure; readers stay inside the bytes they were given.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "internal/base/result.h"
#include "internal/base/secret.h"

namespace bao::crypto::x509::der {

enum Tag : uint8_t {
  kBoolean = 0x01, kInteger = 0x02, kBitString = 0x03, kOctetString = 0x04, kNull = 0x05, kOid = 0x06, kEnumerated = 0x0a,
  kUtf8String = 0x0c, kPrintableString = 0x13, kTeletexString = 0x14, kIa5String = 0x16, kUtcTime = 0x17, kGeneralizedTime = 0x18,
  kUniversalString = 0x1c, kBmpString = 0x1e, kSequence = 0x30, kSet = 0x31,
};
// [n], of content that is primitive or constructed.
constexpr uint8_t context(int n) { return static_cast<uint8_t>(0x80 | n); }
constexpr uint8_t context_constructed(int n) { return static_cast<uint8_t>(0xa0 | n); }

// Writing. Each gives one whole element; `parts` are joined.
std::string element(uint8_t tag, std::initializer_list<std::string_view> parts);
inline std::string sequence(std::initializer_list<std::string_view> parts) { return element(kSequence, parts); }
// The same for key material: no copy of it stays behind.
base::SecretBytes secret_element(uint8_t tag, std::initializer_list<std::string_view> parts);
std::string integer(uint64_t value);
std::string integer(std::string_view magnitude);  // big-endian, not negative
std::string boolean(bool value);
std::string bit_string(std::string_view bytes);
// ENSURE: dotted numbers (is_oid).
std::string oid(std::string_view text);
// UTCTime up to 2049, GeneralizedTime after it (RFC 5280 4.1.2.5).
std::string time(std::chrono::sys_seconds time);
std::string generalized_time(std::chrono::sys_seconds time);
// 05 00
std::string null();

struct Element {
  uint8_t tag = 0;
  std::string_view content;
  std::string_view whole;  // with its tag and length
};

// Errors of all its functions: invalid. Lengths have to be minimal and inside; tags are of one byte.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  bool at_end() const { return rest_.empty(); }
  bool next_is(uint8_t tag) const { return !rest_.empty() && static_cast<uint8_t>(rest_[0]) == tag; }
  base::Result<Element> next();
  // The content of the next element, which has to have that tag.
  base::Result<std::string_view> take(uint8_t tag);
  base::Result<Reader> open(uint8_t tag);
  // The same where it may be missing.
  base::Result<std::optional<std::string_view>> take_if(uint8_t tag);
  base::Status end() const;

 private:
  std::string_view rest_;
};

base::Error malformed();

// Values out of an element's content. Errors: invalid.
base::Result<std::string> read_oid(std::string_view content);
base::Result<std::string> read_magnitude(std::string_view content);  // an integer, not negative; "" for 0
base::Result<uint64_t> read_number(std::string_view content);
base::Result<bool> read_boolean(std::string_view content);
base::Result<std::string_view> read_bit_string(std::string_view content);  // of whole bytes
base::Result<std::chrono::sys_seconds> read_time(const Element& element);  // UTCTime or GeneralizedTime, in UTC

}  // namespace bao::crypto::x509::der
