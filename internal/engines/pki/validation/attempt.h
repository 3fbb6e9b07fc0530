// One look at one challenge: what it may reach and how long it may take. Belongs to one thread.
#pragma once

#include <string>

#include "internal/engines/pki/validation/validation.h"
#include "internal/net/resolver.h"

namespace bao::engines::pki::acme {

// RFC 8555 and RFC 8737 fix them; tests have others, configurations cannot.
struct Ports {
  uint16_t http = 80, https = 443;
};

struct Attempt {
  const net::AddressRule& rule;
  Ports ports;
  net::Patience patience;
};

// `detail` never holds what the other side sent, or where a refused address lies: whoever ordered may be anybody.
struct Verdict {
  Problem problem = Problem::none;
  std::string detail{};
};

Verdict http_01(const ValidationTask& task, const Attempt& attempt);
Verdict dns_01(const ValidationTask& task, const Attempt& attempt);
Verdict tls_alpn_01(const ValidationTask& task, const Attempt& attempt);

// With other ports, for tests.
std::unique_ptr<Validations> make_validations(net::AddressRule rule, Ports ports);

}  // namespace bao::engines::pki::acme
