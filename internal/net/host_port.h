// "host:port" in its two parts, "[::1]:8200" without the brackets. Pure.
#pragma once

#include <optional>
#include <string>

namespace bao::net {

struct HostPort {
  std::string host, port;  // of ":8200" the host is ""
};
// Nothing: it has no port.
std::optional<HostPort> split_host_port(const std::string& address);

}  // namespace bao::net
