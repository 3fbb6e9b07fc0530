#include "internal/engines/pki/acme/problem.h"

namespace bao::engines::pki::acme {
namespace {

struct Meaning {
  ProblemType type;
  const char* name;
  int status;
  const char* text;
};
constexpr Meaning kMeanings[] = {
    {ProblemType::account_does_not_exist, "accountDoesNotExist", 400, "the request specified an account that does not exist"},
    {ProblemType::already_revoked, "alreadyRevoked", 400, "the request specified a certificate to be revoked that has already been revoked"},
    {ProblemType::bad_csr, "badCSR", 400, "the CSR is unacceptable"},
    {ProblemType::bad_nonce, "badNonce", 400, "the client sent an unacceptable anti-replay nonce"},
    {ProblemType::bad_public_key, "badPublicKey", 400, "the JWS was signed by a public key the server does not support"},
    {ProblemType::bad_revocation_reason, "badRevocationReason", 400, "the revocation reason provided is not allowed by the server"},
    {ProblemType::bad_signature_algorithm, "badSignatureAlgorithm", 400, "the JWS was signed with an algorithm the server does not support"},
    {ProblemType::connection, "connection", 500, "the server could not connect to validation target"},
    {ProblemType::dns, "dns", 500, "there was a problem with a DNS query during identifier validation"},
    {ProblemType::external_account_required, "externalAccountRequired", 401,
     "the request must include a value for the 'externalAccountBinding' field"},
    {ProblemType::incorrect_response, "incorrectResponse", 400, "response received didn't match the challenge's requirements"},
    {ProblemType::malformed, "malformed", 400, "the request message was malformed"},
    {ProblemType::order_not_ready, "orderNotReady", 403, "the request attempted to finalize an order that is not ready to be finalized"},
    {ProblemType::rejected_identifier, "rejectedIdentifier", 400, "the server will not issue certificates for the identifier"},
    {ProblemType::server_internal, "serverInternal", 500, "the server experienced an internal error"},
    {ProblemType::tls, "tls", 500, "the server received a TLS error during validation"},
    {ProblemType::unauthorized, "unauthorized", 401, "the client lacks sufficient authorization"},
    {ProblemType::unsupported_identifier, "unsupportedIdentifier", 400, "an identifier is of an unsupported type"},
    {ProblemType::disabled, "", 404, "ACME feature is disabled"},
};

const Meaning& meaning_of(ProblemType type) {
  for (const Meaning& meaning : kMeanings) {
    if (meaning.type == type) return meaning;
  }
  ENSURE(false, "a problem without a meaning");
  return kMeanings[0];
}

}  // namespace

Failure Failure::because(ProblemType type, const std::string& detail) { return Failure(Problem{type, detail + ": " + meaning_of(type).text}); }
Failure Failure::namely(ProblemType type, const std::string& detail) { return Failure(Problem{type, meaning_of(type).text + (": " + detail)}); }
Failure Failure::of(ProblemType type) { return Failure(Problem{type, meaning_of(type).text}); }

ProblemType Failure::type() const { return std::get<Problem>(state_).type; }
const std::string& Failure::detail() const { return std::get<Problem>(state_).detail; }

Failure Failure::within(const std::string& context) const {
  if (error() != nullptr) return *this;
  return Failure(Problem{type(), context + ": " + detail()});
}

Failure malformed(const std::string& detail) { return Failure::because(ProblemType::malformed, detail); }

std::string problem_urn(ProblemType type) { return std::string("urn:ietf:params:acme:error:") + meaning_of(type).name; }
int problem_status(ProblemType type) { return meaning_of(type).status; }
std::string_view problem_meaning(ProblemType type) { return meaning_of(type).text; }

}  // namespace bao::engines::pki::acme
