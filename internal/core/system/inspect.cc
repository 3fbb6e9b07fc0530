// sys/internal/inspect: how this node routes, and what a request looks like from inside; only where the configuration says
// introspection_endpoint. Tokens are not shown, their accessors are.
#include <utility>

#include "internal/core/system/paths.h"

namespace bao::core::sys {
namespace {

using codec::Json;
using logical::Call;
using logical::Operation;
using logical::Path;
using logical::Reads;
using logical::Reply;
using logical::Response;

Json record_of(const MountEntry& entry) {
  return Json::record({{"mount_path", entry.path}, {"mount_namespace", ""}, {"uuid", entry.uuid}, {"accessor", entry.accessor}, {"mount_type", entry.type}});
}

Reply router_by(Core::Parts& parts, const Call& call) {
  const std::string tag = call.fields.string("tag");
  const bool routes = tag == "root" || tag == "storage";
  if (!routes && tag != "uuid" && tag != "accessor") return logical::unsupported_path();
  Json records = Json::array();
  const auto router = parts.mounts->router();
  for (const auto& mount : router->mounts()) {
    Json record = record_of(mount->entry);
    if (routes) {
      record.set("tainted", mount->entry.tainted);
      record.set("storage_prefix", mount->data_prefix);
    }
    records.push_back(std::move(record));
  }
  Json data = Json::object();
  data.set(tag, std::move(records));
  return Response::of(std::move(data));
}

Json request_of(const logical::Request& request) {
  return Json::record({{"id", request.id},
                       {"operation", std::string(logical::operation_name(request.operation))},
                       {"path", request.path},
                       {"data", request.data},
                       {"mount_point", request.mount_point},
                       {"client_token_accessor", request.caller.accessor},
                       {"display_name", request.caller.display_name},
                       {"entity_id", request.caller.entity_id},
                       {"policies", Json::strings(request.caller.policies)},
                       {"remote_address", request.connection.remote_address},
                       {"remote_port", request.connection.remote_port}});
}

Reply request_seen(Core::Parts& parts, const Call& call) {
  Json entity, groups = Json::array();
  if (!call.request.caller.entity_id.empty()) {
    ASSIGN_OR_RETURN(const auto standing, parts.identities.standing(call.request.caller.entity_id));
    if (standing != nullptr) {
      entity = Json::record({{"ID", standing->identity.id}, {"name", standing->identity.name}});
      for (const auto& group : standing->identity.groups) groups.push_back(Json::record({{"ID", group.id}, {"name", group.name}}));
    }
  }
  return Response::of(Json::record({{"data", call.request.data},
                                    {"req", request_of(call.request)},
                                    {"entity", std::move(entity)},
                                    {"groups", std::move(groups)},
                                    {"vault_version", parts.options.version}}));
}

using Run = Reply (*)(Core::Parts&, const Call&);

Path path_of(Core::Parts& parts, const char* pattern, Run run, const char* summary) {
  Path path;
  path.pattern = pattern;
  path.access = logical::Access::sudo;
  const auto effect = [&parts, run](const Call& call, const storage::ReadView&) -> Reply {
    if (parts.options.introspection_endpoint) return run(parts, call);
    return base::invalid("the Vault configuration must set \"introspection_endpoint\" to true to enable this endpoint");
  };
  path.handlers = {{.operation = Operation::read, .effect = Reads{effect}, .summary = summary}};
  path.synopsis = summary;
  return path;
}

}  // namespace

Paths inspection_paths(Core::Parts& parts) {
  Paths paths;
  paths.push_back(path_of(parts, "internal/inspect/router/{tag:name}", router_by, "The mounts that this node routes to."));
  paths.back().fields = {{.name = "tag", .description = "Which view of the router: root, uuid, accessor, storage."}};
  paths.push_back(path_of(parts, "internal/inspect/request", request_seen, "What this very request looks like from inside."));
  return paths;
}

}  // namespace bao::core::sys
