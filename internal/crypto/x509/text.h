// Text inside certificates. For this folder. Pure.
#pragma once

#include <string>
#include <string_view>

namespace bao::crypto::x509 {

bool is_utf8(std::string_view text);
bool is_ascii(std::string_view text);
bool is_printable_string(std::string_view text);  // the letters, digits and signs of PrintableString
std::string utf8_of_latin1(std::string_view text);
std::string utf8_of_utf16(std::string_view text);  // big-endian, as BMPString is; what is no character becomes U+FFFD

}  // namespace bao::crypto::x509
