// Text forms of bytes.
#include "internal/codec/encoding.h"

#include <algorithm>
#include <array>

namespace bao::codec {
namespace {

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64Url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kBase62 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kHexDigits = "0123456789abcdef";

uint8_t byte(char c) { return static_cast<uint8_t>(c); }

std::string encode64(std::string_view bytes, std::string_view digits, bool padded) {
  std::string out((bytes.size() + 2) / 3 * 4, '=');
  char* at = out.data();
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t left = std::min<size_t>(3, bytes.size() - i);
    const unsigned group = static_cast<unsigned>(byte(bytes[i]) << 16) |
                           (left > 1 ? static_cast<unsigned>(byte(bytes[i + 1]) << 8) : 0u) |
                           (left > 2 ? static_cast<unsigned>(byte(bytes[i + 2])) : 0u);
    for (size_t k = 0; k < left + 1; ++k) *at++ = digits[(group >> (18 - 6 * k)) & 63];
  }
  if (!padded) out.resize(static_cast<size_t>(at - out.data()));
  return out;
}

base::Result<std::string> decode64(std::string_view text, std::string_view digits) {
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  if (text.size() % 4 == 1) return base::invalid("illegal base64 data: wrong length");
  std::string out;
  out.reserve(text.size() / 4 * 3 + 2);
  unsigned bits = 0;
  int held = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const size_t digit = digits.find(text[i]);
    if (digit == std::string_view::npos) {
      return base::invalid("illegal base64 data at input byte " + std::to_string(i));
    }
    bits = ((bits << 6) | static_cast<unsigned>(digit)) & 0xffffffu;
    held += 6;
    if (held >= 8) {
      held -= 8;
      out += static_cast<char>((bits >> held) & 0xff);
    }
  }
  return out;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Converts the digits of a big-endian number from one base to another, dividing in place.
std::string convert_base(std::string number, unsigned from, unsigned to) {
  std::string out;  // least significant digit first
  size_t start = 0;
  while (start < number.size() && number[start] == 0) ++start;
  while (start < number.size()) {
    unsigned rest = 0;
    for (size_t i = start; i < number.size(); ++i) {
      const unsigned value = rest * from + byte(number[i]);
      number[i] = static_cast<char>(value / to);
      rest = value % to;
    }
    out += static_cast<char>(rest);
    while (start < number.size() && number[start] == 0) ++start;
  }
  std::reverse(out.begin(), out.end());
  return out;
}

// Length of the UTF-8 sequence at the start of `text`, or 0 when it is not well-formed.
std::string percent_encode(std::string_view text, std::string_view kept) {
  std::string out;
  for (const char c : text) {
    const bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (alphanumeric || kept.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += '%';
      out += "0123456789ABCDEF"[byte(c) >> 4];
      out += "0123456789ABCDEF"[byte(c) & 15];
    }
  }
  return out;
}

}  // namespace

std::string to_hex(std::string_view bytes) {
  std::string out(bytes.size() * 2, '\0');
  char* at = out.data();
  for (const char c : bytes) {
    *at++ = kHexDigits[byte(c) >> 4];
    *at++ = kHexDigits[byte(c) & 15];
  }
  return out;
}

base::Result<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return base::invalid("odd length hex string");
  std::string out;
  out.reserve(text.size() / 2);
  for (size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_value(text[i]), low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) return base::invalid("invalid hex digit at byte " + std::to_string(i));
    out += static_cast<char>(high << 4 | low);
  }
  return out;
}

std::string to_base64(std::string_view bytes) { return encode64(bytes, kBase64, true); }

base::Result<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return base::invalid("illegal base64 data: wrong length");
  return decode64(text, kBase64);
}

std::string to_base64url(std::string_view bytes) { return encode64(bytes, kBase64Url, false); }
base::Result<std::string> from_base64url(std::string_view text) { return decode64(text, kBase64Url); }

std::string to_base62(std::string_view bytes) {
  std::string out = convert_base(std::string(bytes), 256, 62);
  for (char& c : out) c = kBase62[byte(c)];
  return out;
}

base::Result<std::string> from_base62(std::string_view text) {
  std::string digits(text);
  for (char& c : digits) {
    const size_t digit = kBase62.find(c);
    if (digit == std::string_view::npos) return base::invalid("not a base-62 digit");
    c = static_cast<char>(digit);
  }
  return convert_base(std::move(digits), 62, 256);
}

size_t utf8_length(std::string_view text) {
  const uint8_t first = byte(text[0]);
  if (first < 0x80) return 1;
  const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(text[i]) & 0xc0) != 0x80) return 0;
  }
  const uint8_t second = byte(text[1]);
  const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool beyond = (first == 0xed && second > 0x9f) || (first == 0xf4 && second > 0x8f);
  return overlong || beyond ? 0 : length;
}

bool is_valid_utf8(std::string_view text) {
  while (!text.empty()) {
    const size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const size_t length = utf8_length(text);
    if (length == 0) out += "\xef\xbf\xbd";
    else out += text.substr(0, length);
    text.remove_prefix(std::max<size_t>(length, 1));
  }
  return out;
}

base::Result<std::string> percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0) return base::invalid("invalid URL escape at byte " + std::to_string(i));
    out += static_cast<char>(high << 4 | low);
    i += 2;
  }
  return out;
}

base::Result<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> pairs;
  while (!text.empty()) {
    const size_t end = std::min(text.find('&'), text.size());
    std::string part(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (part.empty()) continue;
    std::replace(part.begin(), part.end(), '+', ' ');
    const size_t equals = std::min(part.find('='), part.size());
    ASSIGN_OR_RETURN(std::string key, percent_decode(std::string_view(part).substr(0, equals)));
    ASSIGN_OR_RETURN(std::string value,
                     percent_decode(std::string_view(part).substr(std::min(equals + 1, part.size()))));
    pairs.emplace_back(std::move(key), std::move(value));
  }
  return pairs;
}

std::string percent_encode_path(std::string_view path) { return percent_encode(path, "-._~/!$&'()*+,;=:@"); }
std::string percent_encode_query(std::string_view text) { return percent_encode(text, "-._~"); }

void append_utf8(std::string& out, char32_t code_point) {
  const bool valid = code_point <= 0x10FFFF && (code_point < 0xD800 || code_point > 0xDFFF);
  const char32_t c = valid ? code_point : 0xFFFD;
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

}  // namespace bao::codec
