#include "internal/codec/json_lexer.h"

#include <array>

#include "internal/codec/encoding.h"
#include "internal/codec/plain_run.h"

namespace bao::codec {
namespace {

// What stands in a string as it is, in ASCII.
constexpr std::array<bool, 256> plain_table() {
  std::array<bool, 256> table{};
  for (size_t c = 0x20; c < 0x80; ++c) table[c] = c != '"' && c != '\\';
  return table;
}
constexpr std::array<bool, 256> kPlain = plain_table();

bool is_plain(char c) { return kPlain[static_cast<unsigned char>(c)]; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string hex2(unsigned char c) {
  constexpr char kHex[] = "0123456789abcdef";
  return {kHex[c >> 4], kHex[c & 15]};
}

}  // namespace

std::string invalid_character(char c, std::string_view context) {
  const auto code = static_cast<unsigned char>(c);
  constexpr std::string_view kControls = "abtnvfr";  // 7 to 13
  std::string shown;
  if (c == '\'') shown = "\\'";
  else if (c == '\\') shown = "\\\\";
  else if (code >= 7 && code <= 13) shown = std::string("\\") + kControls[code - 7u];
  else if (code < 0x20 || code == 0x7F) shown = "\\x" + hex2(code);
  else if (code >= 0x80 && (code <= 0xA0 || code == 0xAD)) shown = "\\u00" + hex2(code);
  else append_utf8(shown, code);
  return "invalid character '" + shown + "'" + (context.empty() ? "" : " ") + std::string(context);
}

bool JsonLexer::fail(std::string_view context) {
  error_ = at_end() ? std::string("unexpected EOF") : invalid_character(*at_, context);
  return false;
}

bool JsonLexer::string(std::string& out) {
  ++at_;
  bool ascii = true;
  while (true) {
    const char* run = at_;
    at_ += plain_words(std::string_view(at_, static_cast<size_t>(end_ - at_)), special_when_read);
    while (at_ != end_ && is_plain(*at_)) ++at_;
    out.append(run, at_);
    if (at_ == end_) return fail("");
    if (*at_ == '"') break;
    if (*at_ == '\\') {
      if (!escape(out)) return false;
    } else if (static_cast<unsigned char>(*at_) >= 0x80) {
      ascii = false;
      out += *at_++;
    } else {
      return fail("in string literal");
    }
  }
  ++at_;
  if (!ascii && !is_valid_utf8(out)) out = valid_utf8(out);
  return true;
}

bool JsonLexer::escape(std::string& out) {
  ++at_;
  if (at_ == end_) return fail("");
  switch (*at_) {
    case '"': case '\\': case '/': out += *at_; break;
    case 'b': out += '\b'; break;
    case 'f': out += '\f'; break;
    case 'n': out += '\n'; break;
    case 'r': out += '\r'; break;
    case 't': out += '\t'; break;
    case 'u': return unicode_escape(out);
    default: return fail("in string escape code");
  }
  ++at_;
  return true;
}

int JsonLexer::hexadecimal(const char* digits) const {
  if (end_ - digits < 4) return -1;
  int value = 0;
  for (int i = 0; i < 4; ++i) {
    const int digit = hex_digit(digits[i]);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

bool JsonLexer::unicode_escape(std::string& out) {
  ++at_;
  const int first = hexadecimal(at_);
  if (first < 0) {
    while (at_ != end_ && hex_digit(*at_) >= 0) ++at_;
    return fail("in \\u hexadecimal character escape");
  }
  at_ += 4;
  uint32_t code = static_cast<uint32_t>(first);
  if (code >= 0xD800 && code < 0xE000) {
    const bool another = end_ - at_ >= 6 && at_[0] == '\\' && at_[1] == 'u';
    const int second = another ? hexadecimal(at_ + 2) : -1;
    if (code < 0xDC00 && second >= 0xDC00 && second < 0xE000) {
      code = 0x10000 + ((code - 0xD800) << 10) + (static_cast<uint32_t>(second) - 0xDC00);
      at_ += 6;
    } else {
      code = 0xFFFD;
    }
  }
  append_utf8(out, code);
  return true;
}

// At least one digit.
bool JsonLexer::digits(std::string_view context) {
  if (at_ == end_ || !is_digit(*at_)) return fail(context);
  while (at_ != end_ && is_digit(*at_)) ++at_;
  return true;
}

bool JsonLexer::number(std::string_view& text) {
  const char* start = at_;
  if (*at_ == '-') ++at_;
  if (at_ != end_ && *at_ == '0') ++at_;
  else if (!digits("in numeric literal")) return false;
  if (at_ != end_ && *at_ == '.') {
    ++at_;
    if (!digits("after decimal point in numeric literal")) return false;
  }
  if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
    ++at_;
    if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
    if (!digits("in exponent of numeric literal")) return false;
  }
  text = std::string_view(start, static_cast<size_t>(at_ - start));
  return true;
}

bool JsonLexer::literal(std::string_view word) {
  for (const char expected : word) {
    if (at_ == end_) return fail("");
    if (*at_ != expected) {
      return fail("in literal " + std::string(word) + " (expecting '" + expected + "')");
    }
    ++at_;
  }
  return true;
}

}  // namespace bao::codec
