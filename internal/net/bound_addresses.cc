#include "internal/net/bound_addresses.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace bao::net {
namespace {

// Addresses that begin with the same bits.
struct Block {
  std::string address;  // 4 or 16 bytes
  size_t bits = 0;
};

std::optional<std::string> parse_address(std::string_view text) {
  const std::string address(text);
  in6_addr six{};
  in_addr four{};
  if (inet_pton(AF_INET, address.c_str(), &four) == 1) return std::string(reinterpret_cast<const char*>(&four), sizeof four);
  if (inet_pton(AF_INET6, address.c_str(), &six) != 1) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(&six), sizeof six);
}

// IPv4 in IPv6 form is IPv4.
std::string unmapped(std::string address) {
  static constexpr std::string_view kMapped("\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
  return address.size() == 16 && address.starts_with(kMapped) ? address.substr(12) : address;
}

std::optional<Block> parse_block(std::string_view text) {
  const size_t slash = text.find('/');
  auto address = parse_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  Block block{std::move(*address), 0};
  block.bits = block.address.size() * 8;
  if (slash == std::string_view::npos) return block;
  const std::string_view digits = text.substr(slash + 1);
  const size_t whole = block.bits;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), block.bits);
  const bool readable = parsed.ec == std::errc() && parsed.ptr == digits.data() + digits.size() && block.bits <= whole;
  return readable ? std::optional(block) : std::nullopt;
}

bool same_leading_bits(const std::string& a, const std::string& b, size_t bits) {
  const size_t whole = bits / 8;
  if (a.compare(0, whole, b, 0, whole) != 0) return false;
  const size_t rest = bits % 8;
  if (rest == 0) return true;
  const auto shift = static_cast<unsigned>(8 - rest);
  return static_cast<uint8_t>(a[whole]) >> shift == static_cast<uint8_t>(b[whole]) >> shift;
}

bool lies_in(const Block& inner, const Block& outer) {
  return inner.address.size() == outer.address.size() && inner.bits >= outer.bits &&
         same_leading_bits(inner.address, outer.address, outer.bits);
}

bool lies_in_one(const Block& inner, const std::vector<std::string>& outer) {
  return std::any_of(outer.begin(), outer.end(), [&](const std::string& text) {
    const auto block = parse_block(text);
    return block && lies_in(inner, *block);
  });
}

}  // namespace

bool address_is_bound(std::string_view address, const std::vector<std::string>& blocks) {
  auto parsed = parse_address(address);
  if (!parsed) return false;
  const std::string bytes = unmapped(std::move(*parsed));
  return lies_in_one({bytes, bytes.size() * 8}, blocks);
}

base::Result<std::vector<std::string>> parse_cidrs(const std::vector<std::string>& entries) {
  std::vector<std::string> out;
  for (const std::string& entry : entries) {
    const auto block = parse_block(entry);
    if (!block) return base::invalid("error parsing address \"" + entry + "\"");
    const bool one = block->bits == block->address.size() * 8;
    out.push_back(one ? entry.substr(0, entry.find('/')) : entry);
  }
  return out;
}

base::Status check_blocks(const std::vector<std::string>& blocks) {
  for (const std::string& text : blocks) {
    if (text.find('/') == std::string::npos || !parse_block(text)) return base::invalid("invalid CIDR address: " + text);
  }
  return {};
}

bool blocks_lie_in(const std::vector<std::string>& blocks, const std::vector<std::string>& outer) {
  return std::all_of(blocks.begin(), blocks.end(), [&](const std::string& text) {
    const auto block = parse_block(text);
    return block && lies_in_one(*block, outer);
  });
}

}  // namespace bao::net
