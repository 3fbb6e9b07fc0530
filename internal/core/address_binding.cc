#include "internal/core/address_binding.h"

#include <arpa/inet.h>

#include <charconv>
#include <optional>

namespace bao::core {
namespace {

// 4 or 16 bytes, or nothing.
std::optional<std::string> parse_address(std::string_view text) {
  const std::string address(text);
  in6_addr six{};
  in_addr four{};
  if (inet_pton(AF_INET, address.c_str(), &four) == 1) return std::string(reinterpret_cast<const char*>(&four), sizeof four);
  if (inet_pton(AF_INET6, address.c_str(), &six) != 1) return std::nullopt;
  std::string bytes(reinterpret_cast<const char*>(&six), sizeof six);
  if (IN6_IS_ADDR_V4MAPPED(&six)) return bytes.substr(12);
  return bytes;
}

bool same_leading_bits(const std::string& a, const std::string& b, size_t bits) {
  const size_t whole = bits / 8;
  if (a.compare(0, whole, b, 0, whole) != 0) return false;
  const size_t rest = bits % 8;
  if (rest == 0) return true;
  const auto shift = static_cast<unsigned>(8 - rest);
  return static_cast<uint8_t>(a[whole]) >> shift == static_cast<uint8_t>(b[whole]) >> shift;
}

bool lies_in(const std::string& address, std::string_view block) {
  const size_t slash = block.find('/');
  const auto base = parse_address(block.substr(0, slash));
  if (!base || base->size() != address.size()) return false;
  size_t bits = base->size() * 8;
  if (slash != std::string_view::npos) {
    const std::string_view text = block.substr(slash + 1);
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), bits);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || bits > base->size() * 8) return false;
  }
  return same_leading_bits(address, *base, bits);
}

}  // namespace

bool address_is_bound(std::string_view address, const std::vector<std::string>& blocks) {
  const auto parsed = parse_address(address);
  if (!parsed) return false;
  for (const std::string& block : blocks) {
    if (lies_in(*parsed, block)) return true;
  }
  return false;
}

}  // namespace bao::core
