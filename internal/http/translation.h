// A request of the wire into a request of the core: operation, path, data, token, wrapping (openbao-api.md 1.1-1.4, 1.8).
// Pure functions; what can't be translated comes back as the answer that says why.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "internal/http/answer.h"
#include "internal/http/request_body.h"
#include "internal/http/target.h"
#include "internal/http/wire_request.h"
#include "internal/logical/request.h"

namespace bao::http {

// Who is at the other end of a connection.
struct Peer {
  std::string address;
  int port = 0;
  std::vector<std::string> certificates;  // DER, leaf first
  std::string certificate_serial_number{};  // decimal, of a certificate that the listener required and verified
  std::string forwarded_from{};           // the node that passed the request on; "": the client came here
};

using Translated = std::variant<logical::Request, Answer>;

// Takes the target's strings over.
Translated translate(const WireRequest& wire, Target& target, const Peer& peer, const BodyLimits& limits);

// The token of X-Vault-Token, or of the first `Authorization: Bearer`; "" when there is none.
std::string_view token_of(const WireRequest& wire);
// The namespace asked for: "" for the root ("/" and "root" name it too), else "a/b/".
std::string namespace_of(const WireRequest& wire);
// "X-Vault-Mfa" of "x-vault-MFA".
std::string canonical_header_name(std::string_view name);

}  // namespace bao::http
