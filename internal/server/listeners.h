// From the configuration's listeners to those of the HTTP front, and the line that the banner shows of each. Pure.
#pragma once

#include <string>
#include <vector>

#include "internal/base/result.h"
#include "internal/config/config.h"
#include "internal/http/server.h"

namespace bao::server {

// Errors: invalid, naming the listener's place in the configuration.
base::Result<std::vector<http::ListenerOptions>> listener_options(const config::Config& config);
// Of which addresses that others reach this node by are derived; nullptr: there is none.
const config::Listener* first_tcp(const config::Config& config);
// `tcp (addr: "…", cluster address: "…", …, tls: "disabled")`
std::string listener_line(const config::Listener& listener);
// The address with its port raised by one: where a cluster listens unless told otherwise; "" when it has no port.
std::string next_port(const std::string& address);

}  // namespace bao::server
