#include "internal/core/token/bound_cidrs.h"

#include <arpa/inet.h>

#include <charconv>
#include <string_view>

namespace bao::core {
namespace {

// Bits of the address family, or 0 when the text is no address.
int address_bits(std::string_view text) {
  const std::string copy(text);
  unsigned char bytes[16];
  if (inet_pton(AF_INET, copy.c_str(), bytes) == 1) return 32;
  return inet_pton(AF_INET6, copy.c_str(), bytes) == 1 ? 128 : 0;
}

bool parse_bits(std::string_view text, int& bits) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
  return error == std::errc() && end == text.data() + text.size() && bits >= 0;
}

}  // namespace

base::Result<std::vector<std::string>> parse_cidrs(const std::vector<std::string>& entries) {
  std::vector<std::string> out;
  for (const std::string& entry : entries) {
    const size_t slash = entry.find('/');
    const std::string address = entry.substr(0, slash);
    const int whole = address_bits(address);
    int bits = whole;
    const bool readable = slash == std::string::npos || parse_bits(std::string_view(entry).substr(slash + 1), bits);
    if (whole == 0 || !readable || bits > whole) return base::invalid("error parsing address \"" + entry + "\"");
    out.push_back(bits == whole ? address : entry);
  }
  return out;
}

}  // namespace bao::core
