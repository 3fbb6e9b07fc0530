#include "internal/net/address_rule.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>
#include <string_view>

namespace bao::net {
namespace {

constexpr int kMappedBits = 96;

in6_addr mapped(const uint8_t* v4) {
  in6_addr out{};
  out.s6_addr[10] = out.s6_addr[11] = 0xff;
  std::memcpy(&out.s6_addr[12], v4, sizeof(in_addr));
  return out;
}

bool is_mapped(const in6_addr& address) { return IN6_IS_ADDR_V4MAPPED(&address); }

// Bits after the range's own are passed over: "10.1.2.3/8" is 10.0.0.0/8.
std::optional<AddressRange> parse_range(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos || slash + 1 == text.size()) return std::nullopt;
  const std::string address(text.substr(0, slash));
  AddressRange range;
  const auto [end, error] = std::from_chars(text.data() + slash + 1, text.data() + text.size(), range.bits);
  if (error != std::errc() || end != text.data() + text.size() || range.bits < 0) return std::nullopt;
  in_addr v4{};
  if (inet_pton(AF_INET, address.c_str(), &v4) == 1) {
    range.base = mapped(reinterpret_cast<const uint8_t*>(&v4));
    range.bits += kMappedBits;
  } else if (inet_pton(AF_INET6, address.c_str(), &range.base) != 1) {
    return std::nullopt;
  }
  return range.bits <= 128 ? std::optional(range) : std::nullopt;
}

bool contains(const AddressRange& range, const in6_addr& address) {
  if (range.bits < kMappedBits && is_mapped(address)) return false;  // a range of IPv6
  const auto whole = static_cast<size_t>(range.bits / 8);
  if (std::memcmp(range.base.s6_addr, address.s6_addr, whole) != 0) return false;
  const int rest = range.bits % 8;
  return rest == 0 || ((range.base.s6_addr[whole] ^ address.s6_addr[whole]) >> (8 - rest)) == 0;
}

bool any_contains(const std::vector<AddressRange>& ranges, const in6_addr& address) {
  return std::any_of(ranges.begin(), ranges.end(), [&](const AddressRange& range) { return contains(range, address); });
}

std::vector<AddressRange> ranges_of(std::initializer_list<const char*> texts) {
  std::vector<AddressRange> out;
  for (const char* text : texts) out.push_back(parse_range(text).value());
  return out;
}

// Of IPv4 all is public but this (IANA's registry of special-purpose addresses, and multicast). 192.0.0.0/24 has two addresses
// that are globally reachable; nobody is validated there.
bool is_public_v4(const in6_addr& address) {
  static const std::vector<AddressRange> kSpecial =
      ranges_of({"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
                 "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
                 "224.0.0.0/4", "240.0.0.0/4"});
  return !any_contains(kSpecial, address);
}

// Of IPv6 only what is assigned to be global unicast, without IETF's own assignments (Teredo, benchmarks, …) and documentation.
bool is_public_v6(const in6_addr& address) {
  static const std::vector<AddressRange> kGlobal = ranges_of({"2000::/3"});
  static const std::vector<AddressRange> kSpecial = ranges_of({"2001::/23", "2001:db8::/32", "3fff::/20"});
  return any_contains(kGlobal, address) && !any_contains(kSpecial, address);
}

// The IPv4 address that a translator or a tunnel would make of it.
std::optional<in6_addr> carried_v4(const in6_addr& address) {
  static const std::vector<AddressRange> kNat64 = ranges_of({"64:ff9b::/96"}), k6to4 = ranges_of({"2002::/16"});
  if (is_mapped(address)) return address;
  if (any_contains(kNat64, address)) return mapped(&address.s6_addr[12]);
  if (any_contains(k6to4, address)) return mapped(&address.s6_addr[2]);
  return std::nullopt;
}

}  // namespace

base::Result<AddressRule> AddressRule::allowing(const std::vector<std::string>& allowed) {
  AddressRule rule;
  for (const std::string& text : allowed) {
    const auto range = parse_range(text);
    if (!range) return base::invalid("\"" + text + "\" is no range of addresses such as \"10.0.0.0/8\"");
    rule.allowed_.push_back(*range);
  }
  return rule;
}

bool AddressRule::allows(const sockaddr_storage& address) const {
  in6_addr v6{};
  if (address.ss_family == AF_INET) v6 = mapped(reinterpret_cast<const uint8_t*>(&reinterpret_cast<const sockaddr_in&>(address).sin_addr));
  else if (address.ss_family == AF_INET6) v6 = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
  else return false;
  if (any_contains(allowed_, v6)) return true;
  if (const auto v4 = carried_v4(v6)) return is_public_v4(*v4) || any_contains(allowed_, *v4);
  return is_public_v6(v6);
}

base::Error AddressRule::nothing_allowed(const std::string& host) {
  return {base::Code::unavailable, host + " has no address that this server connects to: those that are not public have to be opened by its "
                                          "configuration (outbound_requests)"};
}

}  // namespace bao::net
