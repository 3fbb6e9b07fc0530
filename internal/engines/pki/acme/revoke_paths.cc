// revoke-cert: by the account that got the certificate, or by whoever holds its key (RFC 8555 7.6).
#include "internal/codec/encoding.h"
#include "internal/crypto/x509/certificate.h"
#include "internal/crypto/x509/serial.h"
#include "internal/engines/pki/acme/endpoints.h"
#include "internal/engines/pki/acme/order.h"
#include "internal/engines/pki/acme/request.h"

namespace bao::engines::pki::acme {
namespace {

namespace x509 = crypto::x509;
using codec::Json;
using storage::ReadView;
using storage::WriteView;

Outcome<x509::Certificate> certificate_of(const Json& payload) {
  const Json* text = payload.find("certificate");
  if (text == nullptr) return malformed("bad request was lacking required field 'certificate'");
  if (!text->is_string()) return malformed("invalid type for field 'certificate'");
  const auto der = codec::from_base64url(text->as_string());
  if (!der.ok()) return malformed("failed to base64 decode certificate: " + der.error().message());
  auto certificate = x509::parse_certificate(*der);
  if (!certificate.ok()) return malformed("failed to parse certificate: " + certificate.error().message());
  return std::move(*certificate);
}

Outcome<> check_reason(const Json& payload) {
  const Json* reason = payload.find("reason");
  if (reason == nullptr) return {};
  const auto number = reason->as_int();
  if (!number.ok()) return malformed("invalid type for field 'reason'");
  if (*number == 0) return {};
  return Failure::because(ProblemType::bad_revocation_reason,
                          "OpenBao does not support revocation reasons (got " + std::to_string(*number) + "; expected omitted or 0/unspecified)");
}

Outcome<> check_stored(const Context& context, const x509::Certificate& certificate, const std::string& serial, const ReadView& view) {
  ASSIGN_OR_RETURN(const std::string stored, context.mount.certificate(view, serial));
  if (stored.empty()) return Failure::because(ProblemType::server_internal, "unable to revoke certificate: no global cert entry found");
  if (stored != certificate.der) return malformed("unable to revoke certificate: supplied certificate does not match CA's stored value");
  ASSIGN_OR_RETURN(const bool revoked, context.mount.is_revoked(view, serial));
  if (revoked) return Failure::because(ProblemType::already_revoked, "unable to revoke certificate");
  return {};
}

Outcome<> check_allowed(const Context& context, const Message& message, const x509::Certificate& certificate, const std::string& serial,
                        const ReadView& view) {
  if (!message.account) {
    if (message.key.key == certificate.public_key) return {};
    return malformed("unable to revoke certificate: unable to verify proof of possession of private key provided by proxy");
  }
  if (const auto valid = check_in_force(context.config, *message.account); !valid.ok()) return valid.error().within("failed to lookup account");
  ASSIGN_OR_RETURN(const bool mine, has_certificate(view, message.account->id, serial));
  if (mine) return {};
  return malformed("unable to revoke certificate: no certificate with this serial was issued for this account");
}

Outcome<Answer> revoke(Acme&, const Context& context, const Message& message, WriteView& view) {
  const Json payload = message.payload.value_or(Json::object());
  ASSIGN_OR_RETURN(const x509::Certificate certificate, certificate_of(payload));
  TRY(check_reason(payload));
  if (certificate.not_after < std::chrono::floor<std::chrono::seconds>(context.call.now)) return malformed("refusing to revoke expired certificate");
  const std::string serial = x509::serial_text(certificate.serial, '-');
  TRY(check_stored(context, certificate, serial, view));
  TRY(check_allowed(context, message, certificate, serial, view));
  Answer answer;
  ASSIGN_OR_RETURN(answer.body, context.mount.revoke(view, certificate.der, context.call.now));
  return answer;
}

}  // namespace

std::vector<logical::Path> revoke_paths(Acme& acme) { return post_paths(acme, "revoke-cert", Signer::anyone, revoke); }

}  // namespace bao::engines::pki::acme
