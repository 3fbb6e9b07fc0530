// How many bytes at the start of a text stand in a JSON string as they are: eight at a time, by arithmetic on all of them
// at once (Hacker's Delight, 6-1). Private to JSON's reader and writer.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace bao::codec {

inline constexpr uint64_t kOnes = 0x0101'0101'0101'0101, kHighs = 0x8080'8080'8080'8080;

// The high bit of some byte is set when one of the bytes is zero; never otherwise.
constexpr uint64_t zero_bytes(uint64_t word) { return (word - kOnes) & ~word & kHighs; }
constexpr uint64_t equal_bytes(uint64_t word, char c) { return zero_bytes(word ^ (kOnes * static_cast<uint8_t>(c))); }
// Control characters, and everything beyond ASCII.
constexpr uint64_t unusual_bytes(uint64_t word) { return ((word - kOnes * 0x20) | word) & kHighs; }

// What a reader takes as it is: no quote, no backslash.
constexpr uint64_t special_when_read(uint64_t word) {
  return unusual_bytes(word) | equal_bytes(word, '"') | equal_bytes(word, '\\');
}
// Go's writer also escapes <, > and &. '<' and '>' differ in one bit, '"' and '&' too.
constexpr uint64_t special_when_written(uint64_t word) {
  return unusual_bytes(word) | equal_bytes(word, '\\') | equal_bytes(word | (kOnes * 2), '>') |
         equal_bytes(word | (kOnes * 4), '&');
}

// Whole words without anything special at the start of the text, in bytes; what follows is looked at one by one.
template <typename Special>
size_t plain_words(std::string_view text, Special special) {
  size_t at = 0;
  for (uint64_t word = 0; at + sizeof(word) <= text.size(); at += sizeof(word)) {
    std::memcpy(&word, text.data() + at, sizeof(word));
    if (special(word) != 0) break;
  }
  return at;
}

}  // namespace bao::codec
