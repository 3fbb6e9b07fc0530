// `bao server`: assembles a node from its configuration, runs it, and ends it in order.
#pragma once

#include <string>
#include <vector>

namespace bao::server {

// Arguments after the word "server". Returns the exit status. Handles SIGHUP (reload TLS and log level), SIGTERM and SIGINT
// (drain, then stop). Dev flags as the reference has them (openbao-cli.md).
int run(const std::vector<std::string>& arguments);

}  // namespace bao::server
