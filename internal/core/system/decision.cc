// sys/internal/decision: by which rule of which policy a token may do something, or what stands against it. Ours: `bao debug policy`.
// Whoever holds the token may ask; who asks about somebody else's needs the capability sudo on this path.
#include <utility>

#include "internal/base/time_format.h"
#include "internal/core/system/caller_acl.h"
#include "internal/core/system/paths.h"
#include "internal/logical/asked_operation.h"

namespace bao::core::sys {
namespace {

using codec::Json;
using logical::Access;
using logical::Call;
using logical::FieldType;
using logical::Operation;
using logical::Path;
using logical::Reads;
using logical::Reply;
using logical::Response;

base::Result<TokenAcl> acl_to_explain(Core::Parts& parts, const Call& call, const storage::ReadView& all) {
  ASSIGN_OR_RETURN(TokenAcl caller, acl_of_caller(parts, all, call.request.client_token));
  const std::string token = call.fields.string("token");
  if (token.empty() || token == call.request.client_token) return caller;
  const Decision decision = caller.acl->allow(call.request, Operation::update, call.now);
  if (!decision.allowed || !decision.sudo) return base::denied(logical::multierror("permission denied"));
  ASSIGN_OR_RETURN(TokenAcl other, acl_of_token(parts, all, token));
  if (!other.acl) return core_error(base::Code::invalid, "invalid token");
  return other;
}

base::Result<logical::Request> request_of(const Call& call) {
  logical::Request request;
  const auto operation = logical::asked_operation(call.fields.string("operation"));
  if (!operation) return base::invalid("operation must be one of " + std::string(logical::kAskedOperations));
  request.operation = *operation;
  request.path = call.fields.string("path");
  if (request.path.empty()) return base::invalid("missing path");
  const bool lists = request.operation == Operation::list || request.operation == Operation::scan;
  if (lists && !request.path.ends_with('/')) request.path += '/';  // as requests arrive
  if (call.fields.has("data")) request.data = call.fields.json("data");
  if (const base::Duration wrap_ttl = call.fields.duration("wrap_ttl"); wrap_ttl.count() > 0) request.wrap_ttl = wrap_ttl;
  return request;
}

Json rules_json(const MergedRules& merged) {
  Json rules = Json::array();
  for (const MergedRules::Rule& rule : merged.rules) {
    rules.push_back(Json::record({{"policy", Json(rule.policy)}, {"path", Json(rule.written)},
                                  {"capabilities", Json::strings(capability_names(rule.capabilities))}}));
  }
  return rules;
}

// What it is judged by: the token's own, and those of its entity and the groups of that.
base::Status add_policies(Core::Parts& parts, const TokenEntry& entry, Json& data) {
  logical::Auth shown;
  shown.policies = entry.policies;
  if (!entry.entity_id.empty() && !entry.no_identity_policies) {
    ASSIGN_OR_RETURN(const auto standing, parts.identities.standing(entry.entity_id));
    if (standing != nullptr) identity::show_identity_policies(standing->policies, shown);
  }
  data.set("policies", Json::strings(shown.policies));
  data.set("token_policies", Json::strings(entry.policies));
  data.set("identity_policies", Json::strings(shown.identity_policies));
  return {};
}

// Asked of who may do it anyhow: to others it would tell which mounts there are.
Access access_of(const Core::Parts& parts, const logical::Request& request) {
  const auto router = parts.mounts->router();
  const auto* mount = router == nullptr ? nullptr : router->find(request.path);
  if (mount == nullptr || request.path.size() < (*mount)->mount_point.size()) return Access::token;
  const auto match = (*mount)->backend->paths().match(std::string_view(request.path).substr((*mount)->mount_point.size()));
  return match ? match->path->access : Access::token;
}

Reply explain(Core::Parts& parts, const Call& call, const storage::ReadView& all) {
  ASSIGN_OR_RETURN(const TokenAcl of, acl_to_explain(parts, call, all));
  ASSIGN_OR_RETURN(const logical::Request request, request_of(call));
  const Decision decision = of.acl->allow(request, request.operation, call.now);
  const Access access = decision.allowed ? access_of(parts, request) : Access::token;
  const bool lacks_sudo = access == Access::sudo && !decision.sudo;
  Json data = Json::record();
  data.set("allowed", decision.allowed && !lacks_sudo);
  data.set("refusal", Json(lacks_sudo ? "sudo" : decision.allowed ? "" : refusal_name(decision.refusal)));
  data.set("needs_sudo", access == Access::sudo);
  TRY(add_policies(parts, *of.entry, data));
  data.set("rule", Json(decision.rules == nullptr ? "" : decision.rules->path));
  data.set("rules", decision.rules == nullptr ? Json::array() : rules_json(*decision.rules));
  std::vector<std::string> granting;
  for (const std::string_view name : decision.granting_policies()) granting.emplace_back(name);
  data.set("granting_policies", Json::strings(granting));
  return Response::of(std::move(data));
}

}  // namespace

Paths decision_paths(Core::Parts& parts) {
  Path path;
  path.pattern = "internal/decision";
  path.access = Access::unauthenticated;  // it looks at the token itself
  path.fields = {{.name = "token", .description = "The token to be judged; the caller's own unless given. Somebody else's needs sudo on this path."},
                 {.name = "operation", .description = "create, read, update, patch, delete, list or scan."},
                 {.name = "path", .description = "What would be asked for."},
                 {.name = "data", .type = FieldType::map, .description = "Parameters of that request."},
                 {.name = "wrap_ttl", .type = FieldType::duration, .description = "For how long its answer would be wrapped."}};
  path.handlers = {{.operation = Operation::update,
                    .effect = Reads{[&parts](const Call& call, const storage::ReadView& all) { return explain(parts, call, all); }},
                    .summary = "Tells by which rule of which policy a token may do something, or why not."}};
  path.synopsis = "Tells by which rule of which policy a token may do something, or why not.";
  path.description = "Nothing is done. Refusals: no_rule, expired, denied, capability, wrapping_ttl, parameters, pagination_limit, sudo.";
  Paths paths;
  paths.push_back(std::move(path));
  return paths;
}

}  // namespace bao::core::sys
