// What `bao server` tells its operator on stdout: the banner, the development block, and why it can't start
// (openbao-cli.md 7.1). Line by line, flushed. Used by the main thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace bao::server {

void say(std::string_view line);
// Words moved to a new line at 78 columns, as the reference wraps.
std::string wrapped(std::string_view text);

// Name (lower case) → value; printed sorted, right-aligned in 24 columns, names in title case.
using Facts = std::map<std::string, std::string>;
void print_banner(const Facts& facts);

struct DevelopmentBlock {
  std::string address;     // "http://127.0.0.1:8200"
  std::string ca_file;     // "" without TLS
  std::string unseal_key;  // a secret, shown all the same: it is worth nothing elsewhere
  std::string root_token;
};
void print_development_block(const DevelopmentBlock& block);

}  // namespace bao::server
