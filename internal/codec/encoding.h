// Text forms of bytes. Pure functions, thread-safe. Decoding errors are Code::invalid.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "internal/base/result.h"

namespace bao::codec {

std::string to_hex(std::string_view bytes);
base::Result<std::string> from_hex(std::string_view text);
std::string to_base64(std::string_view bytes);             // RFC 4648, padded
base::Result<std::string> from_base64(std::string_view text);
std::string to_base64url(std::string_view bytes);          // URL-safe, no padding
base::Result<std::string> from_base64url(std::string_view text);  // padding optional
// Base-62 of the big-endian integer that the bytes form, digits 0-9a-zA-Z (openbao-storage.md 6.3).
std::string to_base62(std::string_view bytes);
base::Result<std::string> from_base62(std::string_view text);
// Replaces what is not UTF-8 by U+FFFD, byte by byte, as Go does.
std::string valid_utf8(std::string_view text);
bool is_valid_utf8(std::string_view text);
// One code point, appended; a surrogate or what lies past U+10FFFF becomes U+FFFD.
void append_utf8(std::string& out, char32_t code_point);
// Bytes of the character that non-empty text begins with, 0 when that is no UTF-8.
size_t utf8_length(std::string_view text);
// %XX decoding of a path, once ('+' stays); error on a bad escape.
base::Result<std::string> percent_decode(std::string_view text);
// k=v&k=v with '+' as space; repeated keys in order.
base::Result<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view text);
std::string percent_encode_path(std::string_view path);
std::string percent_encode_query(std::string_view text);

}  // namespace bao::codec
