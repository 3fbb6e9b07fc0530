// Where a GET goes: http or https at the usual port. Pure.
#pragma once

#include <string>

#include "internal/base/result.h"

namespace bao::engines::pki::acme {

struct Url {
  bool https = false;
  std::string host;    // of IPv6 without brackets
  std::string target;  // path and query
  std::string authority() const;  // the host, of IPv6 in brackets
  std::string text() const;
};

// Where `location`, absolute or relative to `from`, leads. Errors: invalid (another scheme or port, a user, no host, characters that
// have no place in a URL, too long), without what stood there.
base::Result<Url> redirected(const Url& from, const std::string& location);

}  // namespace bao::engines::pki::acme
