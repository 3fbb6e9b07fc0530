// sys/wrapping: keeping a value for whoever holds a token, and getting it out (openbao-api.md 1.8, 2.5).
#include <utility>

#include "internal/core/system/paths.h"

namespace bao::core::sys {
namespace {

using logical::Access;
using logical::Call;
using logical::Effect;
using logical::Field;
using logical::Operation;
using logical::Path;
using logical::Reads;
using logical::Reply;
using logical::Response;
using logical::Writes;

// The wrapping token: the one in the body, else the caller's own.
base::Result<std::string> wrapping_token(const Call& call) {
  if (!call.fields.has("token")) return call.request.client_token;
  std::string token = call.fields.string("token");
  if (token.empty()) return base::denied("error validating wrapping token: empty token in request body");
  return token;
}

// The request handler wraps the answer, as it does everywhere else.
Reply wrap(const Call& call, storage::WriteView&) {
  if (!call.request.wrap_ttl) return base::invalid("endpoint requires response wrapping to be used");
  return Response::of(call.request.data);
}

Path token_path(const char* pattern, std::vector<std::pair<Operation, Effect>> effects, const char* summary) {
  Path path;
  path.pattern = pattern;
  path.fields = {{.name = "token", .description = "The wrapping token; without it the caller's own token is taken."}};
  for (auto& [operation, effect] : effects) {
    path.handlers.push_back({.operation = operation, .effect = std::move(effect), .summary = summary});
  }
  path.synopsis = summary;
  return path;
}

Path wrap_path() {
  Path path;
  path.pattern = "wrapping/wrap";
  path.takes_any_fields = true;
  path.handlers = {{.operation = Operation::update, .effect = Writes{wrap}, .summary = "Response-wraps an arbitrary JSON object."}};
  path.synopsis = "Response-wraps an arbitrary JSON object.";
  path.description = "Keeps the members of the body and answers with a token for them.";
  return path;
}

Reply look_up(Core::Parts& parts, const Call& call, const storage::ReadView& all) {
  ASSIGN_OR_RETURN(const std::string token, wrapping_token(call));
  return parts.wrapping->lookup(all, token);
}

Reply unwrap(Core::Parts& parts, const Call& call, storage::WriteView& all) {
  ASSIGN_OR_RETURN(const std::string token, wrapping_token(call));
  return parts.wrapping->unwrap(all, token);
}

Reply rewrap(Core::Parts& parts, const Call& call, storage::WriteView& all) {
  ASSIGN_OR_RETURN(const std::string token, wrapping_token(call));
  return parts.wrapping->rewrap(all, call.request, token);
}

}  // namespace

Paths wrapping_paths(Core::Parts& parts) {
  const Reads looking_up{[&parts](const Call& call, const storage::ReadView& all) { return look_up(parts, call, all); }};
  Paths paths;
  paths.push_back(wrap_path());
  paths.push_back(token_path(
      "wrapping/unwrap",
      {{Operation::update, Writes{[&parts](const Call& call, storage::WriteView& all) { return unwrap(parts, call, all); }}}},
      "Unwraps a response-wrapped token."));
  paths.push_back(token_path("wrapping/lookup", {{Operation::update, looking_up}, {Operation::read, looking_up}},
                             "Looks up the properties of a response-wrapped token."));
  paths.back().access = Access::unauthenticated;
  paths.push_back(token_path(
      "wrapping/rewrap",
      {{Operation::update, Writes{[&parts](const Call& call, storage::WriteView& all) { return rewrap(parts, call, all); }}}},
      "Rotates a response-wrapped token."));
  return paths;
}

}  // namespace bao::core::sys
