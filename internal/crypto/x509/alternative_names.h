// Alternative names of a subject (RFC 5280 4.2.1.6): hosts, addresses, mail, URIs and names of other kinds. Values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"

namespace bao::crypto::x509 {

struct OtherName {
  std::string oid;
  std::string value;  // UTF-8; written as UTF8String
  bool operator==(const OtherName&) const = default;
};

struct AlternativeNames {
  std::vector<OtherName> others;
  std::vector<std::string> dns, emails;
  std::vector<std::string> addresses;  // 4 or 16 bytes each
  std::vector<std::string> uris;
  bool empty() const { return others.empty() && dns.empty() && emails.empty() && addresses.empty() && uris.empty(); }
  bool operator==(const AlternativeNames&) const = default;
};

// The extension's value, in the order of the struct. Errors: invalid for names that are not ASCII (an international name has
// to be in punycode by then) and OIDs that are none.
base::Result<std::string> encode(const AlternativeNames& names);
// Names of kinds that the struct doesn't hold (directory names, other names that are no text) are passed over. Errors: invalid.
base::Result<AlternativeNames> parse_alternative_names(std::string_view der);

// "10.0.0.1" or "::1" as 4 or 16 bytes, and back as Go writes addresses.
std::optional<std::string> parse_address(std::string_view text);
std::string address_text(std::string_view bytes);

}  // namespace bao::crypto::x509
