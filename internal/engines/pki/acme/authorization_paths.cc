// authorization/… and challenge/…: looked at, given up, and challenges that the client is ready for (RFC 8555 7.5).
#include "internal/engines/pki/acme/authorization.h"
#include "internal/engines/pki/acme/endpoints.h"
#include "internal/engines/pki/acme/request.h"

namespace bao::engines::pki::acme {
namespace {

using codec::Json;
using storage::ReadView;
using storage::WriteView;

Outcome<Authorization> asked_authorization(const Context& context, const Message& message, const ReadView& view) {
  ASSIGN_OR_RETURN(auto found, read_authorization(view, message.account->id, context.call.fields.string("auth_id")));
  if (!found) return malformed("failed to load authorization: authorization does not exist");
  return std::move(*found);
}

Outcome<Answer> shown(const Context& context, const Authorization& authorization) { return Answer{.body = authorization.shown(context.directory)}; }

Outcome<Answer> authorization(Acme&, const Context& context, const Message& message, WriteView& view) {
  ASSIGN_OR_RETURN(Authorization found, asked_authorization(context, message, view));
  if (!message.payload || message.payload->empty()) return shown(context, found);
  if ((*message.payload)["status"].as_string() != "deactivated") return Failure::of(ProblemType::malformed);
  if (found.status != "pending" && found.status != "valid") {
    return malformed("unable to deactivate authorization in '" + found.status + "' status");
  }
  found.status = "deactivated";
  for (Challenge& each : found.challenges) each.status = "invalid";
  TRY(put_authorization(view, found));
  return shown(context, found);
}

// One challenge of an authorization at a time, so that no two decide about it.
Outcome<> check_acceptable(const Authorization& authorization, const Challenge& challenge) {
  const auto refused = [](const std::string& why) { return Failure::namely(ProblemType::malformed, why).within("error submitting challenge for validation"); };
  if (authorization.status != "pending") {
    return refused("cannot accept already validated authorization " + authorization.id + " (" + authorization.status + ")");
  }
  for (const Challenge& other : authorization.challenges) {
    if (other.type != challenge.type && other.status != "pending") {
      return refused("only a single challenge within an authorization can be accepted (" + other.type + ") in status " + other.status);
    }
  }
  if (challenge.status == "pending" || challenge.status == "processing") return {};
  return refused("challenge is in invalid state (" + challenge.status + ") in authorization " + authorization.id);
}

Outcome<> accept(Authorization& authorization, Challenge& challenge, const Message& message, base::Time now, WriteView& view) {
  PendingValidation pending{.account_id = authorization.account_id, .authorization_id = authorization.id, .challenge_type = challenge.type,
                            .token = challenge.token(), .thumbprint = message.key.thumbprint, .initiated = now};
  ASSIGN_OR_RETURN(const auto queued, read_validation(view, pending.id()));
  if (queued) return {};
  TRY(check_acceptable(authorization, challenge));
  TRY(put_validation(view, pending));
  if (challenge.status != "pending") return {};
  challenge.status = "processing";
  TRY(put_authorization(view, authorization));
  return {};
}

Outcome<Answer> challenge(Acme&, const Context& context, const Message& message, WriteView& view) {
  ASSIGN_OR_RETURN(Authorization found, asked_authorization(context, message, view));
  const std::string type = context.call.fields.string("challenge_type");
  Challenge* asked = found.challenge(type);
  if (asked == nullptr) return malformed("unknown challenge of type '" + type + "' in authorization");
  if (message.payload && !message.payload->empty()) return malformed("unexpected request parameters");
  if (message.payload) TRY(accept(found, *asked, message, context.call.now, view));
  Answer answer{.body = asked->shown(context.directory, found.id)};
  answer.headers.emplace_back("Link", "<" + context.directory.authorization(found.id) + ">;rel=\"up\"");
  return answer;
}

}  // namespace

std::vector<logical::Path> authorization_paths(Acme& acme) {
  std::vector<logical::Path> paths = post_paths(acme, "authorization/{auth_id:segment}", Signer::valid_account, authorization);
  for (logical::Path& path : post_paths(acme, "challenge/{auth_id:segment}/{challenge_type:segment}", Signer::valid_account, challenge)) {
    paths.push_back(std::move(path));
  }
  return paths;
}

}  // namespace bao::engines::pki::acme
