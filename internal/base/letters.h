// Letters of ASCII, whatever the locale; other bytes are left as they are. Pure.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace bao::base {

constexpr char lower_case(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

inline std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lower_case(c);
  return out;
}

// A name of HTTP's, of a header or a part of a media type (RFC 9110 5.6.2).
inline bool is_token(std::string_view text) {
  constexpr std::string_view kSeparators = "()<>@,;:\\\"/[]?={}";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return c > ' ' && c < '\x7f' && kSeparators.find(c) == std::string_view::npos;
  });
}

}  // namespace bao::base
