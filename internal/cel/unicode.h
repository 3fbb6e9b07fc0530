// Strings counted in characters, as the language counts them. Bytes that are no UTF-8 count one each.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "internal/codec/encoding.h"

namespace bao::cel {

inline size_t character_bytes(std::string_view text) {
  const size_t bytes = codec::utf8_length(text);
  return bytes == 0 ? 1 : bytes;
}

// Where each character begins, and where the text ends.
inline std::vector<size_t> character_starts(std::string_view text) {
  std::vector<size_t> starts;
  for (size_t at = 0; at < text.size(); at += character_bytes(text.substr(at))) starts.push_back(at);
  starts.push_back(text.size());
  return starts;
}

inline size_t characters(std::string_view text) { return character_starts(text).size() - 1; }

}  // namespace bao::cel
