#include "internal/crypto/x509/serial.h"

#include "internal/crypto/hash.h"

namespace bao::crypto::x509 {
namespace {

constexpr size_t kSerialBytes = 20;

std::string without_leading_zeros(std::string serial) {
  serial.erase(0, serial.find_first_not_of('\0'));
  return serial;
}

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string random_serial() {
  std::string serial;
  while (serial.empty()) {
    serial = random_bytes(kSerialBytes);
    serial[0] = static_cast<char>(serial[0] & 0x7f);
    serial = without_leading_zeros(std::move(serial));
  }
  return serial;
}

std::string serial_text(std::string_view serial, char separator) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const char c : serial) {
    if (!text.empty()) text.push_back(separator);
    text.push_back(kDigits[static_cast<uint8_t>(c) >> 4]);
    text.push_back(kDigits[static_cast<uint8_t>(c) & 15]);
  }
  return text;
}

std::optional<std::string> parse_serial(std::string_view text) {
  if (text.size() % 3 != 2) return std::nullopt;
  std::string serial;
  for (size_t i = 0; i < text.size(); i += 3) {
    const int high = digit(text[i]), low = digit(text[i + 1]);
    const bool separated = i + 2 == text.size() || text[i + 2] == ':' || text[i + 2] == '-';
    if (high < 0 || low < 0 || !separated) return std::nullopt;
    serial.push_back(static_cast<char>(high << 4 | low));
  }
  return without_leading_zeros(std::move(serial));
}

}  // namespace bao::crypto::x509
