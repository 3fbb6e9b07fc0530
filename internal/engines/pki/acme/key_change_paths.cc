// key-change: another key for an account, which its old key and the new one both sign (RFC 8555 7.3.5).
#include "internal/engines/pki/acme/endpoints.h"
#include "internal/engines/pki/acme/layout.h"
#include "internal/engines/pki/acme/request.h"

namespace bao::engines::pki::acme {
namespace {

using codec::Json;
using storage::WriteView;

// The inner message: by the new key, for this URL, about this account and its key of today.
Outcome<Jwk> new_key(const Context& context, const Message& message) {
  const Envelope inner = envelope_of(message.payload.value_or(Json::object()));
  ASSIGN_OR_RETURN(const Header header, request_header(inner));
  if (!header.key_id.empty()) return malformed("the inner message of a key change must carry its 'jwk'");
  if (!header.nonce.empty()) return malformed("the inner message of a key change must not carry a nonce");
  if (header.url != context.directory.url("key-change")) return malformed("the inner message of a key change is for another 'url'");
  ASSIGN_OR_RETURN(Jwk key, parse_jwk(header.jwk));
  ASSIGN_OR_RETURN(const std::string text, verified_payload(inner, header, key.key));
  const auto change = codec::parse_json(text);
  if (!change.ok() || !change->is_object()) return malformed("failed to json unmarshal 'payload' of a key change");
  if ((*change)["account"].as_string() != context.directory.account(message.account->id)) return malformed("the key change is for another account");
  ASSIGN_OR_RETURN(const Jwk old_key, parse_jwk((*change)["oldKey"]));
  if (old_key.thumbprint != message.key.thumbprint) return malformed("the key change is from another key");
  return key;
}

Answer taken(const Context& context, const std::string& account_id) {
  const Failure failure = malformed("another account has that key");
  Answer answer{.body = Json::record({{"type", problem_urn(failure.type())}, {"detail", failure.detail()}})};
  answer.status = 409;
  answer.content_type = "application/problem+json";
  answer.headers = {{"Location", context.directory.account(account_id)}};
  return answer;
}

Outcome<Answer> change_key(Acme&, const Context& context, const Message& message, WriteView& view) {
  ASSIGN_OR_RETURN(const Jwk key, new_key(context, message));
  ASSIGN_OR_RETURN(const std::string holder, account_of_key(view, key.thumbprint));
  ASSIGN_OR_RETURN(const auto held, read_account(view, holder));
  if (held) return taken(context, holder);
  Account account = *message.account;
  account.jwk = key.json;
  TRY(view.remove(layout::thumbprint(message.key.thumbprint)));
  TRY(put_key_of_account(view, key.thumbprint, account.id));
  TRY(put_account(view, account));
  return shown_account(context, account);
}

}  // namespace

std::vector<logical::Path> key_change_paths(Acme& acme) { return post_paths(acme, "key-change", Signer::valid_account, change_key); }

}  // namespace bao::engines::pki::acme
