// What Go calls printable: everything but controls, formats, separators (the plain space is fine), surrogates, private
// use and non-characters. Unassigned code points, which Go refuses too, are not told apart here.
#include <cstdint>

#include "internal/http/target.h"

namespace bao::http {
namespace {

struct Range {
  uint32_t first, last;
};
constexpr Range kHidden[] = {
    {0x0000, 0x001f},   {0x007f, 0x00a0},   {0x00ad, 0x00ad},   {0x0600, 0x0605},   {0x061c, 0x061c},
    {0x06dd, 0x06dd},   {0x070f, 0x070f},   {0x1680, 0x1680},   {0x180e, 0x180e},   {0x2000, 0x200f},
    {0x2028, 0x202f},   {0x205f, 0x206f},   {0x3000, 0x3000},   {0xd800, 0xf8ff},   {0xfdd0, 0xfdef},
    {0xfeff, 0xfeff},   {0xfff0, 0xfffb},   {0xfffe, 0xffff},   {0xe0000, 0xe00ff}, {0xf0000, 0x10ffff},
};

// The next code point of text that is known to be UTF-8.
uint32_t next_code_point(std::string_view text, size_t& at) {
  const auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(text[i])); };
  const uint32_t first = byte(at);
  const size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  uint32_t point = length == 1 ? first : first & (0x7fu >> length);
  for (size_t i = 1; i < length; ++i) point = point << 6 | (byte(at + i) & 0x3f);
  at += length;
  return point;
}

}  // namespace

bool is_printable(std::string_view utf8) {
  for (size_t at = 0; at < utf8.size();) {
    const uint32_t point = next_code_point(utf8, at);
    if (point >= 0x20 && point < 0x7f) continue;
    for (const Range& range : kHidden) {
      if (point >= range.first && point <= range.last) return false;
    }
  }
  return true;
}

}  // namespace bao::http
