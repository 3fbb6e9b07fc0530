#include "internal/crypto/x509/text.h"

#include <algorithm>
#include <cstdint>

namespace bao::crypto::x509 {
namespace {

void append_utf8(std::string& out, uint32_t code) {
  const auto push = [&out](uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) return push(code);
  if (code < 0x800) {
    push(0xc0 | code >> 6);
    return push(0x80 | (code & 0x3f));
  }
  if (code >= 0xd800 && code < 0xe000) code = 0xfffd;
  push(0xe0 | code >> 12);
  push(0x80 | (code >> 6 & 0x3f));
  push(0x80 | (code & 0x3f));
}

// Bytes of the character that begins there; 0 when none does.
size_t character_at(std::string_view text) {
  const auto byte = [&text](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = byte(0);
  if (first < 0x80) return 1;
  const size_t size = first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first >= 0xf5 || text.size() < size) return 0;
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const bool too_long = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xf0 && byte(1) < 0x90);
  const bool no_character = (first == 0xed && byte(1) >= 0xa0) || (first == 0xf4 && byte(1) >= 0x90);
  return too_long || no_character ? 0 : size;
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const size_t size = character_at(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<uint8_t>(c) < 0x80; });
}

bool is_printable_string(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view(" '()+,-./:=?").find(c) != std::string_view::npos;
  });
}

std::string utf8_of_latin1(std::string_view text) {
  std::string out;
  for (const char c : text) append_utf8(out, static_cast<uint8_t>(c));
  return out;
}

std::string utf8_of_utf16(std::string_view text) {
  std::string out;
  for (size_t i = 0; i + 1 < text.size(); i += 2) append_utf8(out, static_cast<uint32_t>(static_cast<uint8_t>(text[i]) << 8 | static_cast<uint8_t>(text[i + 1])));
  return out;
}

}  // namespace bao::crypto::x509
