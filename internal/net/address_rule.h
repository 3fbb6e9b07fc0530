// Which addresses this server connects to on behalf of a client that named them (S13: a client must not reach through the
// server what it couldn't reach itself). Decided on the address that a name was looked up to, the one that is then dialed.
#pragma once

#include <string>
#include <vector>

#include <netinet/in.h>

#include "internal/base/result.h"

namespace bao::net {

// Addresses that begin with the same `bits` bits.
struct AddressRange {
  in6_addr base{};  // IPv4 as mapped
  int bits = 0;
};

// Public addresses, and of the others those in ranges that are opened. Of IPv6, one that carries an IPv4 address (mapped, NAT64,
// 6to4) is judged by that.
class AddressRule {
 public:
  AddressRule() = default;  // public addresses alone
  // `allowed`: ranges that are open though they are not public: "10.0.0.0/8", "fd00::/8", "127.0.0.1/32".
  // Errors (invalid): no range of addresses, which one.
  // A range of IPv6 opens no IPv4 address, "::/0" neither.
  static base::Result<AddressRule> allowing(const std::vector<std::string>& allowed);
  // Pure, thread-safe. Not public: loopback, private, link-local, shared, unique-local, unspecified, multicast, documentation,
  // benchmark, and everything else that the IANA registries of special-purpose addresses say is not globally reachable.
  bool allows(const sockaddr_storage& address) const;
  // What is said where a host has none that it allows: nothing of the addresses, which whoever named it may not know. unavailable.
  static base::Error nothing_allowed(const std::string& host);

 private:
  std::vector<AddressRange> allowed_;
};

}  // namespace bao::net
