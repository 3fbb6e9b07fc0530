// Serial numbers as bytes: the magnitude, most significant byte first, without leading zeros. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bao::crypto::x509 {

// 159 random bits, never zero: positive and at most 20 bytes in DER (RFC 5280 4.1.2.2).
std::string random_serial();
// "3a:0f:…": lower-case pairs. Answers join them by ':', storage keys by '-'.
std::string serial_text(std::string_view serial, char separator);
// Pairs joined by ':' or '-', of either case. Nothing for other text. Leading zero bytes are dropped.
std::optional<std::string> parse_serial(std::string_view text);

}  // namespace bao::crypto::x509
