// Name constraints of an authority (RFC 5280 4.2.1.10), of every kind of name that Go writes. Values.
#pragma once

#include <string>
#include <vector>

#include "internal/base/result.h"

namespace bao::crypto::x509 {

struct NameTrees {
  std::vector<std::string> dns;
  std::vector<std::string> ranges;  // address and mask, 8 or 32 bytes
  std::vector<std::string> emails;  // "a@b.test", "b.test" or ".b.test"
  std::vector<std::string> uris;    // hosts
  bool empty() const { return dns.empty() && ranges.empty() && emails.empty() && uris.empty(); }
};
struct NameConstraints {
  NameTrees permitted, excluded;
  bool empty() const { return permitted.empty() && excluded.empty(); }
};

// The extension's value. Errors: invalid for names that are not ASCII.
base::Result<std::string> encode(const NameConstraints& constraints);

}  // namespace bao::crypto::x509
