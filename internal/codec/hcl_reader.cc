// Code points with positions, and the pieces of tokens that HCL and its JSON variant share.
#include <re2/re2.h>

#include "internal/codec/hcl_scanner.h"

namespace bao::codec::hcl {
namespace {

constexpr char32_t kReplacement = 0xFFFD;
constexpr char32_t kReserved = 0xE123;  // marks lines inside the formatter of the reference

struct Decoded {
  char32_t code;
  size_t length;
};

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

Decoded decode(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {lead, 1};
  const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {kReplacement, 1};
  char32_t code = lead & (0xFFu >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    if (!is_continuation(text[i])) return {kReplacement, 1};
    code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3Fu);
  }
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < kSmallest[length] || surrogate || code > 0x10FFFF) return {kReplacement, 1};
  return {code, length};
}

std::string encode(char32_t c) {
  std::string out;
  if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
  }
  out += static_cast<char>(0x80 | (c & 0x3F));
  return out;
}

// `count` digits of that base, the first of which was read.
void scan_digits(Reader& reader, char32_t c, int base, int count) {
  const int wanted = count;
  while (count > 0 && digit_value(c) < base) {
    c = reader.next();
    if (c == 0) break;
    --count;
  }
  if (count > 0) reader.fail("illegal char escape");
  if (count != wanted && c != 0) reader.unread();
}

}  // namespace

char32_t Reader::next() {
  if (at_.offset >= text_.size()) {
    ++at_.column;
    last_length_ = 0;
    return 0;
  }
  const Decoded decoded = decode(text_.substr(at_.offset));
  previous_ = at_;
  ++at_.column;
  last_length_ = decoded.length;
  at_.offset += decoded.length;
  if (decoded.code == kReplacement && decoded.length == 1) {
    fail("illegal UTF-8 encoding");
    return decoded.code;
  }
  if (decoded.code == '\n') {
    ++at_.line;
    last_line_columns_ = at_.column;
    at_.column = 0;
  }
  if (decoded.code == 0 && nul_ == Nul::is_an_error) fail("unexpected null character (0x00)");
  if (decoded.code == kReserved) {
    fail("unicode code point U+E123 reserved for internal use");
    return kReplacement;
  }
  return decoded.code;
}

void Reader::unread() {
  if (last_length_ == 0) return;
  at_ = previous_;
  last_length_ = 0;
}

char32_t Reader::peek() const { return at_.offset >= text_.size() ? 0 : decode(text_.substr(at_.offset)).code; }

void Reader::fail(std::string message) { error_.emplace(recent(), std::move(message)); }

Position Reader::recent() const {
  const size_t offset = at_.offset - last_length_;
  if (at_.column > 0) return {offset, at_.line, at_.column};
  if (last_line_columns_ > 0) return {offset, at_.line - 1, last_line_columns_};
  return {offset, 1, 1};
}

bool is_letter(char32_t c) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  static const RE2 kLetter("\\p{L}");
  return RE2::FullMatch(encode(c), kLetter);
}

bool is_digit(char32_t c) {
  if (c < 0x80) return is_decimal(c);
  static const RE2 kDigit("\\p{Nd}");
  return RE2::FullMatch(encode(c), kDigit);
}

bool is_decimal(char32_t c) { return c >= '0' && c <= '9'; }

int digit_value(char32_t c) {
  if (is_decimal(c)) return static_cast<int>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<int>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return static_cast<int>(c - 'A') + 10;
  return 16;
}

void scan_escape(Reader& reader) {
  const char32_t c = reader.next();
  switch (c) {
    case 'a': case 'b': case 'f': case 'n': case 'r': case 't': case 'v': case '\\': case '"': return;
    case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7':
      return scan_digits(reader, c, 8, 3);
    case 'x': return scan_digits(reader, reader.next(), 16, 2);
    case 'u': return scan_digits(reader, reader.next(), 16, 4);
    case 'U': return scan_digits(reader, reader.next(), 16, 8);
    default: reader.fail("illegal char escape");
  }
}

char32_t scan_mantissa(Reader& reader, char32_t c) {
  bool scanned = false;
  while (is_decimal(c)) {
    c = reader.next();
    scanned = true;
  }
  if (scanned && c != 0) reader.unread();
  return c;
}

char32_t scan_fraction(Reader& reader, char32_t c) {
  return c == '.' ? scan_mantissa(reader, reader.peek()) : c;
}

char32_t scan_exponent(Reader& reader, char32_t c) {
  if (c != 'e' && c != 'E') return c;
  c = reader.next();
  if (c == '-' || c == '+') c = reader.next();
  return scan_mantissa(reader, c);
}

}  // namespace bao::codec::hcl
