// What a certificate is ordered for: a name, perhaps with a wildcard, or an address. A value.
#pragma once

#include <string>
#include <vector>

#include "internal/codec/json.h"
#include "internal/engines/pki/acme/problem.h"

namespace bao::engines::pki::acme {

struct Identifier {
  std::string type;      // "dns", "ip"
  std::string value;     // without "*."
  std::string original;  // as it was ordered
  bool wildcard = false, ipv6 = false;

  bool is_address() const { return type == "ip"; }
  // As clients see it: of an order, with its wildcard; of an authorization, without.
  codec::Json in_order() const { return codec::Json::object({{"type", type}, {"value", original}}); }
  codec::Json in_authorization() const { return codec::Json::object({{"type", type}, {"value", value}}); }
  codec::Json entry() const;
  static Identifier parse(const codec::Json& entry);
};

// The member "identifiers" of a new order, at most kIdentifiersMax. Failures: malformed, unsupported_identifier.
inline constexpr size_t kIdentifiersMax = 100;
Outcome<std::vector<Identifier>> ordered_identifiers(const codec::Json& payload);

}  // namespace bao::engines::pki::acme
