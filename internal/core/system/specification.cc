// sys/internal/specs/openapi: the OpenAPI document of the mounts that the caller may see (openbao-api.md 1.9).
#include <algorithm>
#include <utility>

#include "internal/core/system/caller_acl.h"
#include "internal/core/system/paths.h"
#include "internal/logical/help.h"

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

Json empty_document(const std::string& version) {
  Json license = Json::record();
  license.set("name", "Mozilla Public License 2.0");
  license.set("url", "https://www.mozilla.org/en-US/MPL/2.0");
  Json info = Json::record();
  info.set("title", "OpenBao API");
  info.set("description", "HTTP API that gives you full access to OpenBao. All API routes are prefixed with `/v1/`.");
  info.set("version", version);
  info.set("license", std::move(license));
  Json document = Json::record();
  document.set("openapi", "3.0.2");
  document.set("info", std::move(info));
  document.set("paths", Json::object());
  document.set("components", Json::object({{"schemas", Json::object()}}));
  return document;
}

// There is one of each in a namespace, at its own path.
bool is_singleton(std::string_view type) { return type == "token" || type == "system" || type == "identity" || type == "cubbyhole"; }

// The mount's paths with its place as a parameter, for whoever makes a client's code of the document.
void add_generic(Json& document, const Mount& mount) {
  const std::string own = mount.entry.path.substr(0, mount.entry.path.size() - 1), route = "/" + mount.mount_point;
  std::string name = own + "_mount_path";
  std::replace(name.begin(), name.end(), '-', '_');
  const std::string place = (mount.entry.table == "auth" ? "/auth/{" : "/{") + name + "}/";
  Json part = Json::record();
  logical::add_openapi(part, *mount.backend, mount.mount_point);
  for (auto& [path, item] : part.find("paths")->members()) {
    Json parameters = item["parameters"].is_array() ? item["parameters"] : Json::array();
    parameters.push_back(Json::record({{"name", name},
                                       {"description", "Path that the backend was mounted at"},
                                       {"in", "path"},
                                       {"schema", Json::record({{"type", "string"}, {"default", own}})},
                                       {"required", true}}));
    item.set("parameters", std::move(parameters));
    document.find("paths")->set(place + path.substr(route.size()), std::move(item));
  }
  const Json components = part["components"];
  for (const auto& [schema, value] : components["schemas"].members()) document.find("components")->find("schemas")->set(schema, value);
}

Reply openapi(Core::Parts& parts, const Call& call, const storage::ReadView& all) {
  TokenAcl caller;
  if (!call.request.client_token.empty()) {
    ASSIGN_OR_RETURN(caller, acl_of_caller(parts, all, call.request.client_token));
  }
  const bool generic = call.fields.boolean("generic_mount_paths");
  Json document = empty_document(parts.options.version);
  for (const auto& mount : parts.mounts->router()->mounts()) {
    const MountEntry& entry = mount->entry;
    const bool visible = entry.config.listing_visibility == "unauth" ||
                         (caller.acl && caller.acl->touches_mount(entry.route()));
    if (!visible) continue;
    if (generic && !is_singleton(entry.type)) add_generic(document, *mount);
    else logical::add_openapi(document, *mount->backend, entry.route());
  }
  Response response;
  response.raw = logical::RawBody{200, "application/json", codec::write_json(document)};
  return response;
}

}  // namespace

Paths specification_paths(Core::Parts& parts) {
  const Reads reading{[&parts](const Call& call, const storage::ReadView& all) { return openapi(parts, call, all); }};
  Path path;
  path.pattern = "internal/specs/openapi";
  path.access = Access::unauthenticated;
  path.fields = {{.name = "context", .description = "Context string appended to every operationId.", .query = true},
                 {.name = "generic_mount_paths", .type = logical::FieldType::boolean,
                  .description = "Whether to write mount points as parameters.", .query = true}};
  path.handlers = {{.operation = Operation::read, .effect = reading, .summary = "Generate an OpenAPI 3 document of all mounted paths."},
                   {.operation = Operation::update, .effect = reading, .summary = "Generate an OpenAPI 3 document of all mounted paths."}};
  path.synopsis = "Generate an OpenAPI 3 document of all mounted paths.";
  Paths paths;
  paths.push_back(std::move(path));
  return paths;
}

}  // namespace bao::core::sys
