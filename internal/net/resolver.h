// Looking names up in DNS, with a deadline and a bell: by the machine's own resolvers (its hosts file included) or by one
// server. The only place that knows c-ares. Each call stands for itself; any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <sys/socket.h>

#include "internal/base/result.h"
#include "internal/net/socket.h"

namespace bao::net {

// How long to try: until the time has come, or `goes_on` is false, which is asked whenever the bell rings.
struct Patience {
  Bell& bell;
  SteadyTime until;
  std::function<bool()> goes_on;
};

// "192.0.2.1" or "2001:db8::1", of port 0; nothing: no address in text.
std::optional<sockaddr_storage> address_in_text(const std::string& text);
// As dial() takes it: "192.0.2.1:443", "[2001:db8::1]:443".
std::string address_text(const sockaddr_storage& address, uint16_t port);

// `server`: "host:port" of the only one to ask, "" for the machine's. Errors: absent (there is no such name, or nothing of that
// kind), unavailable (no answer, none in time, an answer that is none); neither says what stood in the answer.
// Port 0, IPv6 first. An address in text is itself, whatever DNS says.
base::Result<std::vector<sockaddr_storage>> look_up_addresses(const std::string& name, const std::string& server, const Patience& patience);
// TXT: each record once, its strings joined.
base::Result<std::vector<std::string>> look_up_texts(const std::string& name, const std::string& server, const Patience& patience);

}  // namespace bao::net
