// Addresses of servers and the URLs of requests, read and written as Go's net/url does. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "internal/base/result.h"

namespace bao::api {

struct Address {
  std::string scheme;       // "http", "https", or whatever the text said
  std::string user;         // "name[:password]" of user@host, as written
  std::string host;         // without brackets
  int port = 0;             // the scheme's own where none is given
  std::string authority;    // host[:port] as written
  std::string path;         // with its leading slash; empty for none
  std::string query;        // after '?', as written
  std::string unix_socket;  // of unix://…; scheme is then http and host localhost
};

// Errors: invalid ("parse \":bad:\": missing protocol scheme").
base::Result<Address> parse_address(std::string_view text);

// path.Join(prefix, path): dots and doubled or trailing slashes removed.
std::string join_path(std::string_view prefix, std::string_view path);
// A path escaped as url.URL.EscapedPath does.
std::string escape_path(std::string_view path);
// k=v&k=v, sorted by key, as url.Values.Encode does.
std::string encode_query(std::vector<std::pair<std::string, std::string>> query);

}  // namespace bao::api
