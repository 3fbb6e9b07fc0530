// Whether who ordered a certificate holds the name or address: the challenges of ACME, seen from the server (RFC 8555 8,
// RFC 8737, RFC 8738). Knows nothing of storage, orders or accounts.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "internal/net/address_rule.h"

namespace bao::engines::pki::acme {

enum class ChallengeType : uint8_t { http_01, dns_01, tls_alpn_01 };
enum class IdentifierType : uint8_t { dns, ip };

// One challenge to look at.
struct ValidationTask {
  std::string id;                         // the caller's; given back
  ChallengeType type = ChallengeType::http_01;
  IdentifierType identifier_type = IdentifierType::dns;
  std::string identifier;                 // a name without a leading "*.", ASCII; or an address in text
  std::string token;                      // of the challenge, base64url
  std::string key_authorization;          // token "." thumbprint of the account's key (RFC 8555 8.1)
  std::string dns_resolver;               // "host:port" of the server to ask; "": those of the machine
};

enum class Problem : uint8_t { none, connection, dns, tls, incorrect_response, unauthorized };
struct ValidationOutcome {
  std::string id;
  Problem problem = Problem::none;        // none: the challenge is met
  std::string detail;                     // for the client: what was asked, and what was wrong with the answer
};

// Looks at challenges on threads of its own, at most kValidationThreads, which are there while there is work. Thread-safe.
// Each attempt ends within kAttemptTime, whatever the other side does; what it sends is bounded (limits.h of the folder).
// Addresses that the rule doesn't allow are never connected to, redirects and DNS answers included; the resolver itself is the
// operator's choice and may be anywhere.
class Validations {
 public:
  virtual ~Validations() = default;  // ends attempts under way; soon
  // False: kValidationsWaiting are waiting already, try again later.
  virtual bool submit(ValidationTask task) = 0;
  // What has been decided since the last call.
  virtual std::vector<ValidationOutcome> collect() = 0;
  // Forgets what waits and what is decided: this node is no longer the active one.
  virtual void clear() = 0;
};

std::unique_ptr<Validations> make_validations(net::AddressRule rule);

}  // namespace bao::engines::pki::acme
