#include "internal/core/token/bound_cidrs.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <cstring>
#include <optional>

namespace bao::core {
namespace {

struct Block {
  std::array<unsigned char, 16> bytes{};
  size_t size = 0;  // 4 or 16
  int prefix = 0;   // bits
};

std::optional<Block> parse_address(std::string_view text) {
  const std::string copy(text);
  Block block;
  if (inet_pton(AF_INET, copy.c_str(), block.bytes.data()) == 1) {
    block.size = 4;
  } else if (inet_pton(AF_INET6, copy.c_str(), block.bytes.data()) == 1) {
    block.size = 16;
  } else {
    return std::nullopt;
  }
  block.prefix = static_cast<int>(block.size) * 8;
  constexpr unsigned char kMapped[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (block.size == 16 && std::memcmp(block.bytes.data(), kMapped, sizeof(kMapped)) == 0) {
    std::memmove(block.bytes.data(), block.bytes.data() + sizeof(kMapped), 4);
    block.size = 4;
    block.prefix = 32;
  }
  return block;
}

std::optional<Block> parse_block(std::string_view text) {
  const size_t slash = text.find('/');
  auto block = parse_address(text.substr(0, slash));
  if (!block || slash == std::string_view::npos) return block;
  const std::string_view bits = text.substr(slash + 1);
  int prefix = -1;
  const auto [end, error] = std::from_chars(bits.data(), bits.data() + bits.size(), prefix);
  if (error != std::errc() || end != bits.data() + bits.size() || prefix < 0 || prefix > block->prefix) return std::nullopt;
  block->prefix = prefix;
  return block;
}

bool contains(const Block& block, const Block& address) {
  if (block.size != address.size) return false;
  for (int bit = 0; bit < block.prefix; bit += 8) {
    const auto at = static_cast<size_t>(bit / 8);
    const int rest = std::min(8, block.prefix - bit);
    const auto mask = static_cast<unsigned char>(0xff << (8 - rest));
    if (((block.bytes[at] ^ address.bytes[at]) & mask) != 0) return false;
  }
  return true;
}

}  // namespace

base::Result<std::vector<std::string>> parse_cidrs(const std::vector<std::string>& entries) {
  std::vector<std::string> out;
  for (const std::string& entry : entries) {
    const auto block = parse_block(entry);
    if (!block) return base::invalid("error parsing address \"" + entry + "\"");
    const bool whole = block->prefix == static_cast<int>(block->size) * 8;
    out.push_back(whole ? entry.substr(0, entry.find('/')) : entry);
  }
  return out;
}

bool address_allowed(const std::vector<std::string>& cidrs, std::string_view address) {
  if (cidrs.empty()) return true;
  const auto client = parse_address(address);
  if (!client) return false;
  for (const std::string& entry : cidrs) {
    const auto block = parse_block(entry);
    if (block && contains(*block, *client)) return true;
  }
  return false;
}

}  // namespace bao::core
