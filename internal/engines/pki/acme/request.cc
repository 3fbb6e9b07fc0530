#include "internal/engines/pki/acme/request.h"

#include "internal/engines/pki/acme/layout.h"

namespace bao::engines::pki::acme {
namespace {

using codec::Json;
using logical::Call;
using logical::FieldType;
using logical::Operation;
using logical::Reply;
using logical::Response;
using storage::ReadView;
using storage::WriteView;

constexpr codec::JsonLimits kPayloadLimits{.depth_max = 16};
constexpr const char* kIdCaptures[] = {"kid", "order_id", "auth_id"};

std::string given(const logical::Fields& fields, const char* name) {
  const Json* value = fields.find(name);
  return value == nullptr ? std::string() : value->as_string();
}

// Ids that look like none name no path at all.
base::Status check_captures(const Call& call) {
  for (const char* name : kIdCaptures) {
    if (call.fields.has(name) && !layout::is_id(given(call.fields, name))) return logical::unsupported_path();
  }
  return {};
}

Outcome<Context> open(const Mount& mount, const Call& call, const ReadView& view) {
  TRY(check_captures(call));
  ASSIGN_OR_RETURN(Config config, read_config(view));
  if (!config.is_open()) return Failure::of(ProblemType::disabled);
  const auto address = mount.address(view);
  if (!address.ok()) return Failure::namely(ProblemType::server_internal, address.error().message());
  std::string base = *address;
  if (!base.ends_with('/')) base += '/';
  ASSIGN_OR_RETURN(auto issuing, mount.issuing(view, config, given(call.fields, "issuer_ref"), given(call.fields, "role")));
  return Context{call, mount, std::move(config), {std::move(base), directory_name(call.request.relative_path())}, std::move(issuing)};
}

Reply problem(const Failure& failure) {
  if (failure.error() != nullptr) return *failure.error();
  Response response;
  if (failure.type() == ProblemType::disabled) {
    response.raw = logical::RawBody{problem_status(failure.type()), "", ""};
    return response;
  }
  const Json document = Json::record({{"type", problem_urn(failure.type())}, {"detail", failure.detail()}});
  response.raw = logical::RawBody{problem_status(failure.type()), "application/problem+json", codec::write_json(document)};
  response.raw->fault = problem_meaning(failure.type());
  return response;
}

// The last part of an account's URL.
std::string id_of_url(const std::string& url) { return url.substr(url.rfind('/') + 1); }

struct Signed {
  Json jwk;
  std::optional<Account> account;
};

// By whom a request says it is.
Outcome<Signed> signer_of(const Context& context, const Header& header, const ReadView& view) {
  if (header.key_id.empty()) return Signed{header.jwk, std::nullopt};
  ASSIGN_OR_RETURN(auto account, read_account(view, id_of_url(header.key_id)));
  if (!account) return Failure::because(ProblemType::account_does_not_exist, "failed to json unmarshal 'protected': account not found");
  if (account->directory != context.directory.name) {
    return Failure::namely(ProblemType::malformed, "account part of different ACME directory path");
  }
  Json jwk = account->jwk;
  return Signed{std::move(jwk), std::move(account)};
}

Outcome<> use_nonce(Nonces& nonces, const Context& context, const std::string& nonce, const ReadView& view) {
  ASSIGN_OR_RETURN(const bool good, nonces.use(view, nonce, context.call.request.id, context.call.now));
  if (!good) return Failure::because(ProblemType::bad_nonce, "invalid or reused nonce");
  return {};
}

// Against replay of a request elsewhere (RFC 8555 6.4).
Outcome<> check_url(const Context& context, const std::string& url) {
  if (url.empty()) return malformed("missing required parameter 'url' in 'protected'");
  const std::string expected = context.directory.mount + std::string(context.call.request.relative_path());
  if (url == expected) return {};
  return Failure::because(ProblemType::unauthorized, "invalid value for 'url' in 'protected': got '" + url + "' expected '" + expected + "'");
}

Outcome<Message> read_message(Nonces& nonces, const Context& context, const ReadView& view) {
  const Envelope envelope = envelope_of(context.call.request.data);
  ASSIGN_OR_RETURN(const Header header, request_header(envelope));
  ASSIGN_OR_RETURN(Signed sender, signer_of(context, header, view));
  ASSIGN_OR_RETURN(Jwk key, parse_jwk(sender.jwk));
  TRY(use_nonce(nonces, context, header.nonce, view));
  TRY(check_url(context, header.url));
  ASSIGN_OR_RETURN(const std::string payload, verified_payload(envelope, header, key.key));
  Message message{std::move(key), std::move(sender.account), std::nullopt};
  if (payload.empty()) return message;
  auto json = codec::parse_json(payload, kPayloadLimits);
  if (!json.ok()) return malformed("failed to json unmarshal 'payload': " + json.error().message());
  if (!json->is_object()) return malformed("failed to json unmarshal 'payload': not an object");
  message.payload = std::move(*json);
  return message;
}

Outcome<Answer> run_post(Acme& acme, const Context& context, Signer signer, PostEndpoint run, WriteView& view) {
  ASSIGN_OR_RETURN(const Message message, read_message(acme.nonces(), context, view));
  if (signer == Signer::valid_account) {
    if (!message.account) return malformed("cannot process request without a 'kid'");
    TRY(check_in_force(context.config, *message.account));
  }
  return run(acme, context, message, view);
}

Reply answered(const Outcome<Answer>& answer) {
  if (!answer.ok()) return problem(answer.error());
  Response response;
  response.raw = logical::RawBody{answer->status, answer->content_type, answer->text.empty() ? codec::write_json(answer->body) : answer->text};
  response.headers = answer->headers;
  return response;
}

// Every answer to a signed message, refusals too, brings the nonce for the next one.
Reply post(Acme& acme, const Call& call, Signer signer, PostEndpoint run, WriteView& view) {
  const auto context = open(acme.mount(), call, view);
  if (!context.ok()) return problem(context.error());
  ASSIGN_OR_RETURN(std::string nonce, acme.nonces().make(view, call.now));
  ASSIGN_OR_RETURN(Response response, answered(run_post(acme, *context, signer, run, view)));
  response.headers.emplace_back("Replay-Nonce", std::move(nonce));
  response.headers.push_back(index_link(context->directory));
  return response;
}

Reply get(Acme& acme, const Call& call, GetEndpoint run, const ReadView& view) {
  const auto context = open(acme.mount(), call, view);
  if (!context.ok()) return problem(context.error());
  auto response = run(acme, *context, view);
  return response.ok() ? Reply(std::move(response).value()) : problem(response.error());
}

}  // namespace

Outcome<> check_in_force(const Config& config, const Account& account) {
  if (config.external_binding == ExternalBinding::always_required && !account.external_key) {
    return Failure::of(ProblemType::external_account_required);
  }
  if (account.is_valid()) return {};
  return Failure::namely(ProblemType::unauthorized, "account in status: " + account.status);
}

Answer shown_account(const Context& context, const Account& account) {
  const std::string location = context.directory.account(account.id);
  Answer answer;
  answer.body = Json::object({{"status", account.status}, {"orders", context.directory.url("orders")}});
  if (!account.contact.empty()) answer.body.set("contact", Json::strings(account.contact));
  answer.headers = {{"Location", location}};
  return answer;
}

std::pair<std::string, std::string> index_link(const Directory& directory) { return {"Link", "<" + directory.url("directory") + ">;rel=\"index\""}; }

std::vector<logical::Path> get_paths(Acme& acme, const std::string& endpoint, GetEndpoint run, bool with_head) {
  std::vector<logical::Path> paths = in_every_directory(endpoint);
  const logical::Reads effect{[&acme, run](const Call& call, const ReadView& view) { return get(acme, call, run, view); }};
  for (logical::Path& path : paths) {
    path.handlers = {{Operation::read, effect}};
    if (with_head) path.handlers.push_back({Operation::header, effect});
  }
  return paths;
}

std::vector<logical::Path> post_paths(Acme& acme, const std::string& endpoint, Signer signer, PostEndpoint run) {
  std::vector<logical::Path> paths = in_every_directory(endpoint);
  const logical::Writes effect{[&acme, signer, run](const Call& call, WriteView& view) { return post(acme, call, signer, run, view); }};
  for (logical::Path& path : paths) {
    path.fields.push_back({"protected", FieldType::string, "The signed header, base64url."});
    path.fields.push_back({"payload", FieldType::string, "What is asked, base64url; empty for reading."});
    path.fields.push_back({"signature", FieldType::string, "The signature of both, base64url."});
    path.handlers = {{Operation::update, effect}};
  }
  return paths;
}

}  // namespace bao::engines::pki::acme
