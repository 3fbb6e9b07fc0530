// Where an HTTP device sends its lines, and with which headers: options `uri` and `headers`. Values of declared devices may name an
// environment variable or a file that holds them ("env://NAME", "file:///path"); those of the API may not, for clients must not
// read what is the server's.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "internal/base/result.h"
#include "internal/core/audit/sink.h"

namespace bao::core::audit {

struct HttpTarget {
  bool https = false;
  std::string host;       // of IPv6 without brackets
  uint16_t port = 0;
  std::string authority;  // as written, for the header Host
  std::string path;       // with its query
  std::vector<std::pair<std::string, std::string>> headers;
};

// Errors: invalid, as the reference words them; never a value.
base::Result<HttpTarget> http_target(const Options& options, Maker maker);

}  // namespace bao::core::audit
