// sys/internal: what UIs and the kv commands ask before anything else (openbao-api.md 2.3). The listings need no token, but
// show more to who has one, so they look at the token themselves.
#include <utility>

#include "internal/core/system/caller_acl.h"
#include "internal/core/system/mount_description.h"
#include "internal/core/system/paths.h"

namespace bao::core::sys {
namespace {

using codec::Json;
using logical::Access;
using logical::Call;
using logical::Operation;
using logical::Path;
using logical::Reads;
using logical::Reply;
using logical::Response;

Reply list_mounts(Core::Parts& parts, const Call& call, const storage::ReadView& all) {
  TokenAcl caller;
  if (!call.request.client_token.empty()) {
    ASSIGN_OR_RETURN(caller, acl_of_caller(parts, all, call.request.client_token));
  }
  Json secret = Json::object(), auth = Json::object();
  for (const auto& mount : parts.mounts->router()->mounts()) {
    const MountEntry& entry = mount->entry;
    const bool listed = entry.config.listing_visibility == "unauth";
    if (!listed && (!caller.acl || !caller.acl->touches_mount(entry.route()))) continue;
    Json& table = entry.table == "auth" ? auth : secret;
    table.set(entry.path, caller.acl ? describe_mount(entry, parts.options.version) : describe_listed_mount(entry));
  }
  Json data = Json::object();
  data.set("secret", std::move(secret));
  data.set("auth", std::move(auth));
  return Response::of(std::move(data));
}

// One refusal for what isn't there and what isn't allowed, so that mounts can't be found by trying names.
Reply read_mount(Core::Parts& parts, const Call& call, const storage::ReadView& all) {
  const std::string path = mount_path_of(call.fields.string("path"));
  ASSIGN_OR_RETURN(const TokenAcl caller, acl_of_caller(parts, all, call.request.client_token));
  const auto router = parts.mounts->router();
  const auto* mount = router->find(path);
  if (mount == nullptr || !caller.acl->touches_mount((*mount)->entry.route())) {
    return base::denied("preflight capability check returned 403, please ensure client's policies grant access to path \"" +
                        path + "\"");
  }
  Json data = describe_mount((*mount)->entry, parts.options.version);
  data.set("path", (*mount)->entry.path);
  return Response::of(std::move(data));
}

// There is only the root, which isn't listed.
Reply list_namespaces(Core::Parts& parts, const Call& call, const storage::ReadView& all) {
  if (call.request.client_token.empty()) return core_error(base::Code::internal, "client token empty");
  TRY(acl_of_caller(parts, all, call.request.client_token));
  return Response::of(Json::object());
}

Reply resultant_acl(Core::Parts& parts, const Call& call, const storage::ReadView& all) {
  ASSIGN_OR_RETURN(const TokenAcl caller, acl_of_caller(parts, all, call.request.client_token));
  if (caller.acl->is_root()) {
    Json data = Json::object();
    data.set("root", true);
    return Response::of(std::move(data));
  }
  Json data = caller.acl->resultant();
  data.set("root", false);
  return Response::of(std::move(data));
}

// Every service token has an accessor; batch tokens are stored nowhere.
Reply count_tokens(Core::Parts& parts, const Call& call, const storage::ReadView& all) {
  ASSIGN_OR_RETURN(const auto accessors, parts.tokens.accessors(all, *call.request.ns));
  Json total = Json::object();
  total.set("total", static_cast<int64_t>(accessors.size()));
  Json counters = Json::object();
  counters.set("service_tokens", std::move(total));
  Json data = Json::object();
  data.set("counters", std::move(counters));
  return Response::of(std::move(data));
}

// There is no identity yet, so there are none.
Reply count_entities(Core::Parts&, const Call&, const storage::ReadView&) {
  Json total = Json::object();
  total.set("total", 0);
  Json counters = Json::object();
  counters.set("entities", std::move(total));
  Json data = Json::object();
  data.set("counters", std::move(counters));
  return Response::of(std::move(data));
}

Reply removed(const Call&, const storage::ReadView&) {
  return base::Error(base::Code::absent, "The functionality has been removed on this path");
}

using Run = Reply (*)(Core::Parts&, const Call&, const storage::ReadView&);

Path reading(Core::Parts& parts, const char* pattern, Access access, Run run, const char* summary) {
  Path path;
  path.pattern = pattern;
  path.access = access;
  path.handlers = {{.operation = Operation::read,
                    .effect = Reads{[&parts, run](const Call& call, const storage::ReadView& all) { return run(parts, call, all); }},
                    .summary = summary}};
  path.synopsis = summary;
  return path;
}

}  // namespace

Paths interface_paths(Core::Parts& parts) {
  Paths paths;
  paths.push_back(reading(parts, "internal/ui/mounts", Access::unauthenticated, list_mounts,
                          "Lists all enabled and visible auth and secrets mounts."));
  paths.push_back(reading(parts, "internal/ui/mounts/{path:any}", Access::unauthenticated, read_mount,
                          "Return information about the given mount."));
  paths.back().fields = {{.name = "path", .description = "The path of the mount, or a path below it."}};
  paths.push_back(reading(parts, "internal/ui/namespaces", Access::unauthenticated, list_namespaces,
                          "Lists the namespaces that the caller may see."));
  paths.push_back(reading(parts, "internal/ui/resultant-acl", Access::token, resultant_acl,
                          "The caller's ACL, of all its policies."));
  paths.push_back(reading(parts, "internal/counters/tokens", Access::token, count_tokens, "Count of active tokens."));
  paths.push_back(reading(parts, "internal/counters/entities", Access::token, count_entities, "Count of entities."));
  Path requests;
  requests.pattern = "internal/counters/requests";
  requests.handlers = {{.operation = Operation::read, .effect = Reads{removed}, .summary = "Removed."}};
  paths.push_back(std::move(requests));
  return paths;
}

}  // namespace bao::core::sys
