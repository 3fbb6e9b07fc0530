// sys/internal/specs/openapi: the OpenAPI document of the mounts that the caller may see (openbao-api.md 1.9).
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
  return document;
}

Reply openapi(Core::Parts& parts, const Call& call, const storage::ReadView& all) {
  TokenAcl caller;
  if (!call.request.client_token.empty()) {
    ASSIGN_OR_RETURN(caller, acl_of_caller(parts, all, call.request.client_token));
  }
  Json document = empty_document(parts.options.version);
  for (const auto& mount : parts.mounts->router()->mounts()) {
    const MountEntry& entry = mount->entry;
    const bool visible = entry.config.listing_visibility == "unauth" ||
                         (caller.acl && caller.acl->touches_mount(entry.route()));
    if (visible) logical::add_openapi(document, *mount->backend, entry.route());
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
